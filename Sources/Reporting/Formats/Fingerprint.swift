import Basics

/// A mark of a text: equal texts have equal marks (FNV-1a over its bytes).
package func fingerprint(_ text: String) -> UInt64 { FNV1a(text.utf8).value }
