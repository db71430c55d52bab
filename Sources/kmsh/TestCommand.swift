internal import ArgumentParser
internal import Console
internal import LuaModules
internal import LuaRuntime

/// `kmsh test`: a user's own tests.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh test",
    abstract: "Run the tests in files that end in _test.lua.",
    discussion: """
      A file describes its tests with describe, it, before_each, after_each and pending. Each test
      has an empty workspace in memory, whose clock stands at 2025-01-01T00:00:00Z. Beside what
      assert of Lua does there are assert.same, equal, is_true, matches, near, has_error,
      error_code and state.

      Exit status: 0 all passed, 1 a file is broken, 3 a test failed.
      """
  )

  /// Forms of a report.
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case tap, junit
  }

  @Argument(help: "Files and folders.")
  var paths = ["."]

  @Option(help: ArgumentHelp("Only tests whose name has this pattern of Lua.", valueName: "text"))
  var filter: String?

  @Option(help: "Form of the report: tap, or junit for XML.")
  var output = Form.tap

  func run(_ arguments: Arguments) throws -> Int32 {
    var report = TestReport(output == .tap ? .tap : .junit)
    for file in try LuaTool.files(paths, ending: "_test.lua") {
      do {
        report.add(try results(file, arguments), file: file)
      } catch let error as LuaError where ["interrupted", "limit.time"].contains(error.code) {
        Kmsh.write(report.end(), to: 1)
        throw error
      } catch let error as LuaError where error.code == "usage.filter" {
        throw error
      } catch {
        report.addBroken(ErrorPrinter().text(error), file: file)
      }
    }
    Kmsh.write(report.end(), to: 1)
    if report.isAnyBroken { return Kmsh.Status.failed }
    return report.isAnyFailed ? Kmsh.Status.difference : Kmsh.Status.done
  }

  private func results(_ file: String, _ arguments: Arguments) throws -> [TestResult] {
    let host = try LuaTool.host(arguments, file: file, workspace: ":memory:")
    defer { host.session.close() }
    let world = LuaModule("kmsh.world", "The workspace of a test.") { module in
      module.function("fresh", "Begins with an empty workspace.") { _ in
        host.session.close()
        return .nil
      }
    }
    try host.state.register(world, asGlobal: false)
    let chunk = try host.state.load(LuaTool.source(file), chunkName: "@\(file)")
    let source = """
      local chunk, filter = ...
      if filter and not pcall(string.find, '', filter) then
        error({ code = 'usage.filter', message = '--filter is no pattern of Lua' }, 0)
      end
      return require('tools.tests').run(chunk, {
        filter = filter, fresh = require('kmsh.world').fresh,
      })
      """
    let found: LuaValue?
    do {
      found = try host.state.call(
        host.state.load(Array(source.utf8), chunkName: "=test"),
        [.function(chunk), .optional(filter.map { .string($0) })]
      ).first
    } catch {
      guard let status = host.state.takeExitStatus() else { throw error }
      throw LuaError(code: "test.left", message: "the file left with os.exit(\(status))")
    }
    guard case .array(let items) = found else { return [] }
    return items.map(TestResult.init)
  }
}

/// How one test ended.
struct TestResult {
  enum Status: String { case passed, failed, pending }

  let name: String
  let status: Status
  let message, code, place, traceback: String?
  let seconds: Double

  init(_ value: LuaValue) {
    name = value.member("name")?.text ?? ""
    status = value.member("status")?.text.flatMap(Status.init) ?? .failed
    message = value.member("message")?.text
    code = value.member("code")?.text
    place = value.member("where")?.text
    traceback = value.member("traceback")?.text
    if case .number(let seconds) = value.member("duration_s") {
      self.seconds = seconds
    } else {
      seconds = 0
    }
  }
}
