extension String {
    /// The columns of a terminal or a monospaced editor that the text takes.
    ///
    /// East Asian wide and full-width characters take two (Unicode Standard Annex #11), combining
    /// marks none.
    package var displayWidth: Int {
        unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }

    /// As much of the text as fits into a display width.
    package func cut(toWidth width: Int) -> String {
        var kept = self
        while kept.displayWidth > width { kept.removeLast() }
        return kept
    }

    /// The text with blanks after it, up to a display width.
    package func padded(toWidth width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - displayWidth))
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
