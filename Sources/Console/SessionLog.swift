public import LuaRuntime

/// Notes what is typed at a prompt and what it gives, for a transcript.
///
/// What Lua prints is noted on its way to standard output; what is written to `io.stdout` itself
/// is not.
public final class SessionLog {
  /// What has run, the oldest first; at most `entryCountMax`, and `byteCountMax` in all.
  public private(set) var entries: [Transcript.Entry] = []
  /// Told of each entry once it has run.
  public var didRun: ((Transcript.Entry) -> Void)?
  /// Entries kept.
  public static let entryCountMax = 10_000
  /// Bytes of output noted of one entry; the rest is told as `…`.
  public static let outputByteCountMax = 1 << 20
  /// Bytes kept of all entries; the oldest go first.
  public static let byteCountMax = 64 << 20

  private var current: Transcript.Entry?
  private var byteCount = 0

  /// Notes what is printed in a state from now on.
  public init(state: LuaState) throws {
    let notes = LuaModule("kmsh.notes", "What is printed, noted.") { module in
      module.function("add", "Notes a text.", parameters: "text") { [weak self] call in
        self?.note(String(decoding: try call.bytes(1), as: UTF8.self))
        return .nil
      }
    }
    try state.register(notes, asGlobal: false)
    let source = """
      local add, lua_print, lua_io = require('kmsh.notes').add, print, io
      function print(...)
        local texts = table.pack(...)
        for n = 1, texts.n do texts[n] = tostring(texts[n]) end
        add(table.concat(texts, '\\t') .. '\\n')
        return lua_print(table.unpack(texts, 1, texts.n))
      end
      if lua_io then
        local write = lua_io.write
        function lua_io.write(...)
          for n = 1, select('#', ...) do add(tostring((select(n, ...)))) end
          return write(...)
        end
      end
      """
    _ = try state.call(state.load(Array(source.utf8), chunkName: "=notes"))
  }

  /// Begins an entry.
  public func begin(_ input: String) { current = Transcript.Entry(input: input) }

  /// Adds to the output of the entry that runs; without one nothing is noted.
  public func note(_ text: String) {
    guard let count = current?.output.utf8.count, count < Self.outputByteCountMax,
      current?.output.hasSuffix("\n…\n") == false
    else { return }
    let room = Self.outputByteCountMax - count
    current?.output += text.utf8.count <= room ? text : "\(text.prefix(room / 4))\n…\n"
  }

  /// Ends the entry, with the error it failed with.
  public func end(_ error: (any Error)? = nil) {
    guard var entry = current else { return }
    current = nil
    if let error {
      entry.errorCode =
        (error as? LuaError ?? (error as? any LuaErrorConvertible)?.luaError)?.code
        ?? "host.failure"
    }
    entries.append(entry)
    byteCount += entry.byteCount
    while entries.count > Self.entryCountMax || byteCount > Self.byteCountMax {
      byteCount -= entries.removeFirst().byteCount
    }
    didRun?(entry)
  }
}

extension Transcript.Entry {
  fileprivate var byteCount: Int { input.utf8.count + output.utf8.count }
}
