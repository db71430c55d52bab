#if canImport(Glibc)
  internal import Glibc
#endif

/// The terminal that standard output goes to.
public enum TerminalScreen {
  /// Whether there is one.
  public static var isThere: Bool { isatty(1) == 1 }

  /// Its rows, nil when there is none or it does not tell.
  public static var rowCount: Int? {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
    return Int(size.ws_row)
  }
}
