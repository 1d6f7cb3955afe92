import IDRPlan

/// The pages of an image's planes, from its TiffData elements.
struct OMEPlaces {
    /// Paths of the files that are named.
    private(set) var files: [String] = []
    /// `[frame][channel][z]`.
    private(set) var pages: [TIFFImage.Page?]
    private var numbers: [String: Int] = [:]
    private let pixels: OMEDocument.Pixels
    private let images: OMEImages
    /// From plane to plane, the fastest first; `step` is how far the next one is in `pages`.
    private let axes: [Axis]
    /// The numbers, in the image's own order and sorted, of the planes that elements begin with.
    private var starts: [Int] = []

    private struct Axis {
        let letter: Character
        let count: Int
        let step: Int
    }

    init(_ pixels: OMEDocument.Pixels, of images: OMEImages) throws(IDRError) {
        (self.pixels, self.images) = (pixels, images)
        pages = Array(repeating: nil, count: pixels.slices * pixels.channels * pixels.frames)
        let all = [
            Axis(letter: "Z", count: pixels.slices, step: 1), Axis(letter: "C", count: pixels.channels, step: pixels.slices),
            Axis(letter: "T", count: pixels.frames, step: pixels.slices * pixels.channels),
        ]
        let order = Array(pixels.order)
        axes = order.dropFirst(2).compactMap { letter in all.first { $0.letter == letter } }
        guard order.count == 5, order[..<2] == ["X", "Y"], Set(axes.map(\.letter)).count == 3 else {
            throw images.failure("DimensionOrder is \(pixels.order.prefix(40).debugDescription)")
        }
        if pixels.blocks.contains(where: { $0.count == nil && $0.directory == nil }) {
            starts = Set(Self.counted(pixels).map { start(of: $0) }).sorted()
        }
    }

    /// The blocks of `pixels`, with what some writers leave out or count from 1 as the format has it.
    static func counted(_ pixels: OMEDocument.Pixels) -> [OMEDocument.Block] {
        var blocks = pixels.blocks
        // An axis that is counted from 1 has the numbers 1 and `count`, and none beside these.
        func fix(_ axis: WritableKeyPath<OMEDocument.Block, Int>, _ count: Int) {
            let numbers = blocks.map { $0[keyPath: axis] }
            guard numbers.min() == 1, numbers.max() == count else { return }
            for place in blocks.indices { blocks[place][keyPath: axis] -= 1 }
        }
        fix(\.slice, pixels.slices)
        fix(\.channel, pixels.channels)
        fix(\.frame, pixels.frames)
        return blocks
    }

    /// Takes in the planes of `block`.
    mutating func take(_ block: OMEDocument.Block) throws(IDRError) {
        guard block.slice < pixels.slices, block.channel < pixels.channels, block.frame < pixels.frames else {
            throw images.failure(
                "a TiffData element starts at z \(block.slice), channel \(block.channel), frame \(block.frame), beyond the image's sizes")
        }
        let start = start(of: block)
        let rest = pages.count - start
        // The format's rule: one plane where its page is named, else as many as the file has, which end where another element begins.
        let count = block.count ?? (block.directory == nil ? free(from: start, rest) : 1)
        guard count <= rest else { throw images.failure("a TiffData element of \(count) planes goes beyond the image's sizes") }
        let file = try number(of: images.file(of: block))
        for step in 0..<count {
            let place = place(start + step)
            guard pages[place] == nil else { throw images.failure("two TiffData elements name the same plane") }
            pages[place] = TIFFImage.Page(file: file, directory: (block.directory ?? 0) + step)
        }
    }

    /// The number of a block's first plane in the image's own order.
    private func start(of block: OMEDocument.Block) -> Int {
        var start = 0
        for axis in axes.reversed() {
            start = start * axis.count + (axis.letter == "Z" ? block.slice : axis.letter == "C" ? block.channel : block.frame)
        }
        return start
    }

    /// How many planes from `start` on no element begins with.
    private func free(from start: Int, _ rest: Int) -> Int {
        (starts.first { $0 > start } ?? start + rest) - start
    }

    private mutating func number(of path: String) -> Int {
        if let number = numbers[path] { return number }
        numbers[path] = files.count
        files.append(path)
        return files.count - 1
    }

    /// The place of the plane that is number `number` in the image's own order.
    private func place(_ number: Int) -> Int {
        var (rest, place) = (number, 0)
        for axis in axes {
            place += rest % axis.count * axis.step
            rest /= axis.count
        }
        return place
    }
}
