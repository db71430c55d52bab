--- Tells how far a time is from another, in words.
---
--- ```lua
--- local times = require('util.times')
--- local now = function() return '2026-01-01T00:00:00Z' end
--- print(times.distance('2026-01-07T12:00:00Z', now)) --> in 6 days
--- ```

local M = {}

--- Days since 1970-01-01 of a date of the Gregorian calendar.
local function days(year, month, day)
  if month < 3 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day
    - 719469
end

--- Seconds since 1970 of a time such as `2026-01-07T12:00:00Z`; nil for any other text.
---@param text string
---@return integer?
function M.seconds(text)
  local year, month, day, hour, minute, second =
    text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)%.?%d*Z$')
  if not year then return nil end
  return days(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

local UNITS = { { 31557600, 'year' }, { 86400, 'day' }, { 3600, 'hour' }, { 60, 'minute' } }

local function amount(seconds)
  for _, unit in ipairs(UNITS) do
    -- A year and a half is better told in days.
    local least = unit[2] == 'year' and 2 or 1
    local count = seconds // unit[1]
    if count >= least then return count, unit[2] end
  end
  return seconds, 'second'
end

--- How far a time is from now; nil for a text that is none. The clock is asked for a time only.
---@param text string
---@param now fun(): string
---@return string?
function M.distance(text, now)
  local time = M.seconds(text)
  if not time then return nil end
  local difference = time - (M.seconds(now()) or time)
  if difference == 0 then return 'now' end
  local count, unit = amount(math.abs(difference))
  local words = ('%d %s%s'):format(count, unit, count == 1 and '' or 's')
  return difference > 0 and 'in ' .. words or words .. ' ago'
end

return M
