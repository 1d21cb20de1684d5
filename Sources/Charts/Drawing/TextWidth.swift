/// About how wide a text is in the drawings' small type, in their units.
///
/// An estimate that is rather too large: nothing here can measure the reader's font.
package func textWidth(_ text: some StringProtocol) -> Double {
    text.unicodeScalars.reduce(0) { width, scalar in
        switch scalar.value {
        case 0x300...0x36F: width
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
            0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F9FF, 0x20000...0x3FFFD:
            width + 11.5
        case 0x20, 0x202F: width + 3.5
        case 0x21...0x7E: width + 7
        // Arrows and signs are wider than letters.
        default: width + 9.3
        }
    }
}

/// The text, cut with an ellipsis where it is wider than that.
package func clipped(_ text: String, toWidth limit: Double) -> String {
    guard textWidth(text) > limit else { return text }
    var short = Substring(text)
    while !short.isEmpty, textWidth(short) + 9.3 > limit { short.removeLast() }
    return short + "…"
}
