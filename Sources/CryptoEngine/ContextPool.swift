internal import Synchronization

/// Contexts of the library that wait for their next use.
///
/// A context serves one caller at a time; the lock is held only to take one out or put it back.
final class ContextPool<Context: Sendable>: Sendable {
  private let idle = Mutex<[Context]>([])
  private let make: @Sendable () -> Context?

  init(_ make: @escaping @Sendable () -> Context?) { self.make = make }

  /// Lends a context for the length of `body`; nil when none can be made.
  func withContext<Result>(_ body: (Context) -> Result) -> Result? {
    guard let context = idle.withLock({ $0.popLast() }) ?? make() else { return nil }
    defer { idle.withLock { $0.append(context) } }
    return body(context)
  }
}

extension [UInt8] {
  /// Lends the bytes, keeping the type of what `body` throws.
  func lend<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try withUnsafeBufferPointer { (bytes) throws(Failure) in
      unsafe try body(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Lends the bytes for writing, keeping the type of what `body` throws.
  mutating func lendMutable<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try withUnsafeMutableBufferPointer { (bytes) throws(Failure) in
      unsafe try body(UnsafeMutableRawBufferPointer(bytes))
    }
  }
}
