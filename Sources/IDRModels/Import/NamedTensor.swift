/// A network's weight under the name its file gives it.
package struct NamedTensor: Sendable, Equatable {
    /// For example `downsample.down.res_down_0.conv.conv_0.0.weight` or `stem_conv/kernel:0`.
    package let name: String
    package var tensor: Tensor

    package init(name: String, tensor: Tensor) {
        self.name = name
        self.tensor = tensor
    }
}
