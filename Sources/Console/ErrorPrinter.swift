internal import LuaRuntime

/// Words an error for a terminal: what happened, what to do, which rule, where.
public struct ErrorPrinter {
  private let palette: Palette
  private let remedy: (String) -> String?
  private let library: String?
  private let isPrompt: Bool

  /// Makes a printer.
  ///
  /// - Parameters:
  ///   - palette: of the place where it is shown.
  ///   - remedy: what to do about a rule, nil for a rule that is none.
  ///   - library: folder whose frames are left out of tracebacks.
  ///   - isPrompt: whether `\why` tells the rest.
  public init(
    palette: Palette = Palette(isColoured: false),
    remedy: @escaping (String) -> String? = { _ in nil },
    library: String? = nil,
    isPrompt: Bool = false
  ) {
    self.palette = palette
    self.remedy = remedy
    self.library = library
    self.isPrompt = isPrompt
  }

  /// The lines for an error that nobody caught; `place` shows where in a text it is.
  public func text(_ error: any Error, place: String? = nil) -> String {
    let error = LuaError(of: error)
    var lines = ["\(palette.paint(.bad, "error:")) \(error.message)"]
    if let place { lines.append(place) }
    if let hint = error.hint { lines.append("hint: \(hint)") }
    if let rule = error.rule {
      lines.append(
        "\(palette.paint(.reference, "rule:")) \(rule)" + (remedy(rule).map { "  \($0)" } ?? "")
      )
    }
    let service = [error.status.map(String.init), error.azureCode, error.innerCode].compactMap(
      \.self
    )
    if !service.isEmpty { lines.append("service: \(service.joined(separator: " "))") }
    if let traceback = error.traceback { lines += userFrames(traceback) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The traceback without frames of C and of the library; nothing when no frame is left that tells
  /// more than that something was entered.
  private func userFrames(_ traceback: String) -> [String] {
    let frames = traceback.split(separator: "\n").dropFirst()
    let users = frames.filter { !isLibrary($0) }
    guard !users.isEmpty, !isPrompt || users.contains(where: { !isEntry($0) }) else { return [] }
    return ["stack traceback:"] + users.map(String.init)
      + (isPrompt && users.count < frames.count ? ["\t(\\why shows every frame)"] : [])
  }

  /// Names of chunks that the program itself compiles.
  private static let ownChunks = ["console", "kms", "help", "prompt", "shown", "show"]

  private func isLibrary(_ frame: Substring) -> Bool {
    let place = frame.dropFirst().prefix { $0 != ":" }
    if place == "[C]" || frame == "\t(...tail calls...)" || Self.ownChunks.contains(String(place)) {
      return true
    }
    guard let library else { return false }
    // A long path is shown by its end.
    let name = library.split(separator: "/").last ?? ""
    return place.hasPrefix(library + "/")
      || (place.hasPrefix("...") && place.contains("/\(name)/"))
  }

  private func isEntry(_ frame: Substring) -> Bool {
    frame.hasPrefix("\tstdin:") && frame.hasSuffix(": in main chunk")
  }
}
