/// What tests gave, as TAP version 13 or as JUnit's XML.
struct TestReport {
  enum Form { case tap, junit }

  private let form: Form
  private var lines: [String] = []
  private var counts = (passed: 0, failed: 0, pending: 0, broken: 0)

  init(_ form: Form) { self.form = form }

  var isAnyFailed: Bool { counts.failed > 0 }
  var isAnyBroken: Bool { counts.broken > 0 }
  private var count: Int { counts.passed + counts.failed + counts.pending + counts.broken }

  mutating func add(_ results: [TestResult], file: String) {
    var cases: [String] = []
    for result in results {
      switch result.status {
      case .passed: counts.passed += 1
      case .failed: counts.failed += 1
      case .pending: counts.pending += 1
      }
      cases += form == .tap ? tap(result, file) : [Self.junit(result, file)]
    }
    if form == .tap { lines += cases } else { addSuite(file, cases, results) }
  }

  /// Takes note of a file whose tests could not be run.
  mutating func addBroken(_ message: String, file: String) {
    counts.broken += 1
    switch form {
    case .tap: lines += ["not ok \(count) - \(file)"] + Self.details(["message": message])
    case .junit:
      lines.append(
        """
          <testsuite name="\(file.asXML)" tests="1" failures="0" errors="1" skipped="0">
            <testcase classname="\(file.asXML)" name="the file">
              <error type="broken">\(message.asXML)</error>
            </testcase>
          </testsuite>
        """
      )
    }
  }

  /// The report, whole.
  func end() -> String {
    switch form {
    case .tap:
      let parts = [
        "\(counts.passed) passed", "\(counts.failed) failed", "\(counts.pending) pending",
      ]
      let broken = counts.broken > 0 ? ", \(counts.broken) broken" : ""
      return
        (["TAP version 13"] + lines
        + ["1..\(count)", "# \(parts.joined(separator: ", "))\(broken)"])
        .joined(separator: "\n") + "\n"
    case .junit:
      return
        (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>"] + lines
        + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }
  }

  // MARK: TAP

  private func tap(_ result: TestResult, _ file: String) -> [String] {
    // A number sign would begin a directive.
    let name = "\(file): \(result.name)".replacing("#", with: "\\#").replacing("\n", with: " ")
    switch result.status {
    case .passed: return ["ok \(count) - \(name)"]
    case .pending: return ["ok \(count) - \(name) # SKIP \(result.message ?? "pending")"]
    case .failed:
      return ["not ok \(count) - \(name)"]
        + Self.details([
          "message": result.message ?? "", "code": result.code, "at": result.place,
          "traceback": result.traceback,
        ])
    }
  }

  /// A block of YAML with literal texts.
  private static func details(_ fields: KeyValuePairs<String, String?>) -> [String] {
    var lines = ["  ---"]
    for (name, text) in fields {
      guard let text else { continue }
      lines.append("  \(name): |")
      lines += text.split(separator: "\n").map { "    \($0.replacing("\t", with: "  "))" }
    }
    return lines + ["  ..."]
  }

  // MARK: JUnit

  private mutating func addSuite(_ file: String, _ cases: [String], _ results: [TestResult]) {
    let failed = results.count { $0.status == .failed }
    let pending = results.count { $0.status == .pending }
    let seconds = Self.seconds(results.reduce(0) { $0 + $1.seconds })
    lines.append(
      "  <testsuite name=\"\(file.asXML)\" tests=\"\(results.count)\" failures=\"\(failed)\" "
        + "errors=\"0\" skipped=\"\(pending)\" time=\"\(seconds)\">"
    )
    lines += cases + ["  </testsuite>"]
  }

  private static func junit(_ result: TestResult, _ file: String) -> String {
    let start =
      "    <testcase classname=\"\(file.asXML)\" name=\"\(result.name.asXML)\" "
      + "time=\"\(seconds(result.seconds))\""
    switch result.status {
    case .passed: return start + "/>"
    case .pending: return start + "><skipped/></testcase>"
    case .failed:
      let details = [result.message, result.place, result.traceback].compactMap(\.self)
        .joined(separator: "\n")
      return start + "><failure type=\"\((result.code ?? "lua.error").asXML)\" message=\""
        + "\((result.message ?? "").asXML)\">\(details.asXML)</failure></testcase>"
    }
  }

  /// Seconds to the thousandth.
  private static func seconds(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}

extension String {
  /// The text as it may stand in XML; what XML cannot hold is left out.
  fileprivate var asXML: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\n": text += "&#10;"
      case "\t": text += "&#9;"
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): continue
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
