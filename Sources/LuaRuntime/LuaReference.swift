internal import Synchronization

/// A Lua value that Swift keeps: a function, or anything held without being copied.
///
/// Releasing one only notes its number, since the last holder may live on another thread; the
/// state gives the numbers back on its next entry.
public final class LuaReference: Sendable {
  let number: Int32
  private let released: ReleasedReferences

  init(_ number: Int32, _ released: ReleasedReferences) {
    self.number = number
    self.released = released
  }

  deinit { released.add(number) }

  /// Whether the state that takes those numbers back is the one that this is of.
  func belongs(to other: ReleasedReferences) -> Bool { released === other }
}

/// Registry references whose holders are gone.
final class ReleasedReferences: Sendable {
  private let numbers = Mutex<[Int32]>([])

  func add(_ number: Int32) { numbers.withLock { $0.append(number) } }

  func takeAll() -> [Int32] {
    numbers.withLock { numbers in
      guard !numbers.isEmpty else { return [] }
      defer { numbers = [] }
      return numbers
    }
  }
}
