/// Subjects that help is had on beside modules, classes and functions.
public struct LuaHelpTopics {
  /// What can be asked for, for the nearest to a name that is none.
  public let names: [String]
  /// A line for the map of all help.
  public let summary: String
  /// The text on a name, from a page on counted from 1; nil for a name that is another's.
  public let text: (_ name: String, _ page: Int) throws -> String?

  /// Puts subjects together.
  public init(
    _ names: [String],
    summary: String,
    text: @escaping (_ name: String, _ page: Int) throws -> String?
  ) {
    self.names = names
    self.summary = summary
    self.text = text
  }
}

extension LuaState {
  /// Returns what is to be told of a module, a class, a function, or one of the `topics`; for no
  /// name a map of all there is.
  ///
  /// The pages are written by the library's `docs.text`, of what `reference` has and the library
  /// adds.
  ///
  /// - Throws: `help.unknown`.
  public func help(_ name: String, page: Int = 1) throws -> String {
    let chunk = try load(Array("return require('docs.text').page(...)".utf8), chunkName: "=help")
    do {
      return try call(chunk, [.string(name), .integer(Int64(page))]).first?.text ?? ""
    } catch var error as LuaError {
      // Where in the library a name was found missing says nothing.
      error.traceback = nil
      throw error
    }
  }

  /// Name of an object's class, nil when it has none.
  public func className(of object: any LuaObject) -> String? { registration(of: object)?.name }

  /// Full names of all functions, methods and fields, such as `vault.create` and `vault:update`.
  public var functionNames: [String] { descriptions.map(\.name) }

  /// All functions, methods and fields.
  public var descriptions: [LuaFunctionDescription] {
    modules.flatMap { ($0.functions + $0.getters).map(\.1.description) }
      + classes.flatMap { ($0.methods + $0.getters).map(\.1.description) }
  }
}
