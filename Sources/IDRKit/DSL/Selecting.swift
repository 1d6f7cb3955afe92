public import IDRPlan

extension Pipeline where Stage == Selecting {
    /// Control wells: those that the study's table calls so. Wells that it calls empty, and what it says has no image, are none.
    /// - Parameters:
    ///   - kind: only negative or only positive controls; without it, all.
    ///   - words: the words that name controls in this screen, where they are others than `negative` and `positive`.
    public func controls(_ kind: ControlKind? = nil, words: ControlWords? = nil) -> Self { selecting(.controls(kind, words: words)) }

    /// Wells that a column of the study's table calls controls: `controls(column: "Control Comments")`.
    /// - Parameters:
    ///   - kind: only controls of one kind; without it, all.
    ///   - column: under the study's name, or the one that the IDR's pages show.
    public func controls(_ kind: ControlKind? = nil, column: String) -> Self { selecting(.controlsNamedIn(column: column, kind: kind)) }

    /// Wells as negative controls that have one of `values` in `column`: `controls(where: "Compound Name", is: "DMSO")`.
    public func controls(where column: String, is values: String...) -> Self { selecting(.controlsWhere(column: column, values: values)) }

    /// Wells that passed the study's own quality control, the column "Quality Control" of its table. Where that names failures alone, all others.
    public func passing() -> Self { selecting(.passing) }

    /// Wells by name: `wells("A4", "LT0001_02/B2")` takes A4 of every plate and B2 of one. `A04` is the same well as `A4`.
    public func wells(_ names: String...) -> Self { selecting(.wells(names)) }

    /// All wells of the named plates.
    public func plates(_ names: String...) -> Self { selecting(.plates(names)) }

    /// Every well but these; names as in ``wells(_:)``.
    public func excluding(wells names: String...) -> Self { selecting(.excludingWells(names)) }

    /// Every well but those whose annotation has one of `values` in the study's column `column`.
    public func excluding(where column: String, is values: String...) -> Self { selecting(.excludingAnnotation(column: column, values: values)) }

    /// Wells whose annotation has one of `values` in the study's column `column`: `where("Gene Symbol", is: "KIF11", "PLK1")`.
    public func `where`(_ column: String, is values: String...) -> Self { selecting(.annotation(column: column, values: values)) }

    /// The first `count` of the wells chosen so far, in the order of the study's table.
    public func first(_ count: Int) -> Self { selecting(.first(count)) }

    /// Fields of view of each well, counted from 1: `fields(1, 2)`. Without it, the first.
    public func fields(_ fields: Int...) -> Self { adding { $0.fields = Set(fields).sorted() } }

    /// A range of fields of view of each well, counted from 1: `fields(1...9)`.
    public func fields(_ range: ClosedRange<Int>) -> Self { adding { $0.fields = Self.numbers(range) } }

    /// The slice of stacks (z), counted from 1. Without it, the first.
    public func slice(_ slice: Int) -> Self { adding { $0.slice = slice } }

    /// One frame of each movie, counted from 1 as in the published pipeline.
    public func frame(_ frame: Int) -> Pipeline<Framed> { frames(frame) }

    /// Several frames of each movie, counted from 1. BaSiC then fits the whole movie once, as the published pipeline does.
    public func frames(_ frames: Int...) -> Pipeline<Framed> { adding { $0.frames = Set(frames).sorted() } }

    /// A range of frames of each movie, counted from 1: `frames(48...52)`.
    public func frames(_ range: ClosedRange<Int>) -> Pipeline<Framed> { adding { $0.frames = Self.numbers(range) } }

    /// One more than can be are enough for the run to refuse.
    private static func numbers(_ range: ClosedRange<Int>) -> [Int] { Array(range.prefix(Plan.largestNumber + 1)) }

    private func selecting(_ step: SelectionStep) -> Self { adding { $0.selection.append(step) } }
}
