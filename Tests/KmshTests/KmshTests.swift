// KmshTests
