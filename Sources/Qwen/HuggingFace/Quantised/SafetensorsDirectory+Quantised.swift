extension SafetensorsDirectory {
    /// The rows of a tensor, or of a part of one; of a quantised model each tensor tells whether it is
    /// quantised too.
    ///
    /// - Throws: as ``rows(of:_:)``, and as the rows of a quantised matrix.
    func rows(
        of place: TensorPlace, _ shape: (rows: Int, columns: Int), _ quantisation: Quantisation?
    ) throws -> any TensorRows {
        let suffix = ".weight"
        let name = String(place.name.dropLast(suffix.count))
        guard let quantisation, place.name.hasSuffix(suffix), tensor(place.name) == nil,
            let weights = tensor("\(name).qweight")
        else { return try rows(of: place, shape) }
        let first = place.start / shape.columns
        return try QuantisedRows(
            quantisation, of: name, (place.shape[0], place.shape[1]), weights: weights,
            part: first..<first + shape.rows, find: tensor)
    }
}
