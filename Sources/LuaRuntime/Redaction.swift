/// Leaves out of an error what may be key material, given where it does not belong.
///
/// ## Design
///
/// Refusals repeat what was refused: a name that is too long, an unknown algorithm, an option that
/// there is none of. Put a private key there by mistake, and it would stand in a terminal, a log or
/// a bug report. So an error of a bound function is looked through for what its arguments hold that
/// looks like a key: a long run of base64 or hexadecimal digits. Only arguments are looked for, so
/// the services' own words, with ids and hashes in them, stay as they are. Calls that go well pay
/// nothing.
struct Redaction {
  /// How much of a run must stand in a text to be known again.
  private static let startLength = 16
  /// Shortest part of a run between slashes that counts.
  private static let partLengthMin = 8
  /// Bytes of one argument that are looked at: no error repeats more.
  private static let argumentByteCountMax = 16 << 10
  private static let runCountMax = 1000
  private static let depthMax = 4

  private var runs: [ArraySlice<UInt8>] = []

  /// Collects what the arguments of a call hold that may be a key.
  init(_ call: LuaCall) {
    for index in 1...max(1, call.count) {
      // An argument that cannot be read cannot have been repeated.
      if let value = try? call.value(index) { collect(value, depth: 0) }
    }
  }

  /// Whether a text holds what looks like a key.
  static func mayHoldKey(_ text: [UInt8]) -> Bool {
    var redaction = Redaction()
    redaction.collect(text)
    return !redaction.runs.isEmpty
  }

  private init() {}

  /// The error, with every run of these that it repeats told by its length.
  func applied(to error: LuaError) -> LuaError {
    if runs.isEmpty { return error }
    var error = error
    error.message = applied(to: error.message)
    error.hint = error.hint.map(applied)
    error.cause = error.cause.map(applied)
    return error
  }

  private func applied(to text: String) -> String {
    var rest = Array(text.utf8)[...]
    var clean: [UInt8] = []
    while !rest.isEmpty {
      let match = runs.lazy.map { Self.matchLength($0, rest) }.max() ?? 0
      if match > 0 {
        clean += Array("(\(match) characters)".utf8)
        rest = rest.dropFirst(match)
      } else if let byte = rest.popFirst() {
        clean.append(byte)
      }
    }
    return String(decoding: clean, as: UTF8.self)
  }

  /// How far a text begins as a run does; 0 when that is too short to tell.
  private static func matchLength(_ run: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Int {
    // Names of hosts come back in lower case.
    let length = zip(run, text).prefix { $0 | 0x20 == $1 | 0x20 }.count
    return length >= min(startLength, run.count) ? length : 0
  }

  private mutating func collect(_ value: LuaValue, depth: Int) {
    guard depth <= Self.depthMax, runs.count < Self.runCountMax else { return }
    switch value {
    case .bytes(let bytes): collect(bytes)
    case .array(let items): for item in items { collect(item, depth: depth + 1) }
    case .table(let members):
      for (key, member) in members {
        if case .string(let bytes) = key { collect(bytes) }
        collect(member, depth: depth + 1)
      }
    default: return
    }
  }

  /// Takes the runs of one text; an address or a path is split at its slashes, which base64 has.
  private mutating func collect(_ bytes: [UInt8]) {
    let text = bytes.prefix(Self.argumentByteCountMax)
    let slash = UInt8(ascii: "/")
    let isPath = KeyShape.isPath(text)
    let pieces = text.split { !KeyShape.isDigit($0) || (isPath && $0 == slash) }
    // The last line of a PEM may be short.
    let isPEM = text.starts(with: Array("-----BEGIN".utf8))
    let found = pieces.filter { (isPEM && $0.count >= Self.startLength) || KeyShape.mayBeKey($0) }
    // A text taken for a path is repeated from a slash on.
    let parts = found.flatMap { [$0] + $0.split(separator: slash) }
    runs += parts.filter { $0.count >= Self.partLengthMin }.prefix(Self.runCountMax - runs.count)
  }
}
