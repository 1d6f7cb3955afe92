/// How well two label images agree on which objects there are.
package enum MaskAgreement {
    /// 2 × matched / (objects in a + objects in b), see ``matched(_:_:iou:)``.
    package static func f1(_ a: LabelImage, _ b: LabelImage, iou threshold: Double = 0.5) -> Double {
        let found = matched(a, b, iou: threshold)
        return found.a + found.b > 0 ? 2 * Double(found.matched) / Double(found.a + found.b) : 1
    }

    /// How many objects each has, and how many pairs overlap by more than `threshold` (>= 0.5) of their union.
    package static func matched(_ a: LabelImage, _ b: LabelImage, iou threshold: Double = 0.5) -> (a: Int, b: Int, matched: Int) {
        precondition(a.pixels.count == b.pixels.count && threshold >= 0.5, "above one half, matches are unique")
        var areaA: [Int32: Int] = [:]
        var areaB: [Int32: Int] = [:]
        var overlap: [SIMD2<Int32>: Int] = [:]
        for (left, right) in zip(a.pixels, b.pixels) {
            if left > 0 { areaA[left, default: 0] += 1 }
            if right > 0 { areaB[right, default: 0] += 1 }
            if left > 0 && right > 0 { overlap[SIMD2(left, right), default: 0] += 1 }
        }
        let matched = overlap.count { pair, pixels in
            let union = (areaA[pair.x] ?? 0) + (areaB[pair.y] ?? 0) - pixels
            return Double(pixels) > threshold * Double(union)
        }
        return (areaA.count, areaB.count, matched)
    }
}
