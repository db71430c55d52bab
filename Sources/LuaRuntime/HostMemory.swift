internal import CLua

/// The memory of the process that Lua runs in.
public enum HostMemory {
  /// Lets the process keep what it frees, up to 16 MiB, for what it asks for next.
  ///
  /// ## Design
  ///
  /// The C library gives the top of its heap back as soon as 128 KiB of it are free, and by default
  /// a call that writes one Secret makes it do so, and ask for the same pages again, each time: a
  /// tenth of what such a call costs. Called once, before anything else runs.
  public static func keepFreed() { clua_keep_freed_memory() }
}
