// Included once for each instruction set.

INLINE vector NAME(load)(const float *values) {
  vector result;
  memcpy(&result, values, sizeof result);
  return result;
}

INLINE void NAME(store)(float *values, vector vector) { memcpy(values, &vector, sizeof vector); }

INLINE vector NAME(add_product)(vector a, vector b, vector sum) { return __builtin_elementwise_fma(a, b, sum); }

// A comparison with NaN is false: it stays.
INLINE vector NAME(clamp)(vector x, float low, float high) {
  x = x < (vector)low ? (vector)low : x;
  return x > (vector)high ? (vector)high : x;
}

// 1 + exp(-x), to about an ulp. exp(-x) is 2^n 2^f with f between -1/2 and 1/2; the polynomial of 2^f is the best of its degree in relative error.
INLINE vector NAME(one_and_exp)(vector x) {
  // Adding it rounds to whole numbers, which are then the lowest bits.
  const vector rounding = 12582912.0f, toBits = -1.44269504f;
  x = NAME(clamp)(x, -87, 87);
  vector shifted = NAME(add_product)(x, toBits, rounding);
  vector f = NAME(add_product)(x, toBits, -(shifted - rounding));
  vector power = 1.3398874e-3f;
  power = NAME(add_product)(power, f, (vector)9.6184373e-3f);
  power = NAME(add_product)(power, f, (vector)5.5503324e-2f);
  power = NAME(add_product)(power, f, (vector)2.4022648e-1f);
  power = NAME(add_product)(power, f, (vector)6.9314720e-1f);
  power = NAME(add_product)(power, f, (vector)1.0f);
  integers bits, exponent;
  memcpy(&bits, &power, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  memcpy(&power, &bits, sizeof power);
  return power + 1;
}

INLINE vector NAME(activated)(vector x, const idr_activation activation) {
  switch (activation) {
  case IDR_SWISH: return x / NAME(one_and_exp)(x);
  case IDR_RELU6: return NAME(clamp)(x, 0, 6);
  case IDR_SIGMOID: return 1 / NAME(one_and_exp)(x);
  default: return x;
  }
}

// `count` pixels from `first` on. `output` and `column` are where the first goes, and afterwards where the next does.
INLINE void NAME(pointwise_tile)(
    const idr_pointwise *a, const idr_activation activation, const int count, int first, float **output, int *column) {
  vector sums[MOST_PIXELS];
  const vector bias = NAME(load)(a->bias);
  UNROLLED for (int p = 0; p < count; p++) sums[p] = bias;
  const float *input = a->input + (size_t)first * IDR_LANES;
  const float *weights = a->weights;
  for (int left = a->inputs; left > 0; left -= IDR_LANES) {
    const int channels = left < IDR_LANES ? left : IDR_LANES;
    for (int channel = 0; channel < channels; channel++) {
      const vector weight = NAME(load)(weights);
      UNROLLED for (int p = 0; p < count; p++) sums[p] = NAME(add_product)(weight, (vector)input[p * IDR_LANES + channel], sums[p]);
      weights += IDR_LANES;
    }
    input += a->inputBlock;
  }
  UNROLLED for (int p = 0; p < count; p++) {
    vector result = NAME(activated)(sums[p], activation);
    if (a->shortcut) result += NAME(load)(a->shortcut + (size_t)(first + p) * IDR_LANES);
    NAME(store)(*output + (size_t)*column * IDR_LANES, result);
    if (++*column == a->rowPixels) {
      *column = 0;
      *output += a->outputRow;
    }
  }
}

INLINE void NAME(pointwise_with)(const idr_pointwise *a, const idr_activation activation) {
  float *output = a->output;
  int column = 0, first = 0;
#define TILES(count) \
  for (; first + count <= a->pixels; first += count) NAME(pointwise_tile)(a, activation, count, first, &output, &column);
  FOR_TILES(TILES)
#undef TILES
}

static void NAME(pointwise)(const idr_pointwise *a) {
  switch (a->activation) {
  case IDR_SWISH: NAME(pointwise_with)(a, IDR_SWISH); break;
  case IDR_RELU6: NAME(pointwise_with)(a, IDR_RELU6); break;
  case IDR_SIGMOID: NAME(pointwise_with)(a, IDR_SIGMOID); break;
  case IDR_LINEAR: NAME(pointwise_with)(a, IDR_LINEAR); break;
  }
}

// `count` pixels of the output from `first` on: every column of the input is read once for all squares that cover it.
INLINE vector NAME(depthwise_tile)(
    const idr_depthwise *a, const idr_activation activation, const int side, const int stride, const int count, int first, vector sum) {
  vector sums[MOST_PIXELS];
  const vector bias = NAME(load)(a->bias);
  UNROLLED for (int p = 0; p < count; p++) sums[p] = bias;
  UNROLLED for (int y = 0; y < side; y++) {
    const float *row = a->input + y * a->inputRow + (size_t)first * stride * IDR_LANES;
    UNROLLED for (int x = 0; x < (count - 1) * stride + side; x++) {
      const vector value = NAME(load)(row + x * IDR_LANES);
      UNROLLED for (int p = 0; p < count; p++) {
        const int column = x - p * stride;
        if (column < 0 || column >= side) continue;
        sums[p] = NAME(add_product)(NAME(load)(a->weights + (y * side + column) * IDR_LANES), value, sums[p]);
      }
    }
  }
  UNROLLED for (int p = 0; p < count; p++) {
    const vector result = NAME(activated)(sums[p], activation);
    NAME(store)(a->output + (size_t)(first + p) * IDR_LANES, result);
    sum += result;
  }
  return sum;
}

INLINE void NAME(depthwise_with)(const idr_depthwise *a, const idr_activation activation, const int side, const int stride) {
  vector sum = 0.0f;
  int first = 0;
  for (; first + ROW_TILE <= a->pixels; first += ROW_TILE) sum = NAME(depthwise_tile)(a, activation, side, stride, ROW_TILE, first, sum);
  for (; first < a->pixels; first++) sum = NAME(depthwise_tile)(a, activation, side, stride, 1, first, sum);
  NAME(store)(a->sum, NAME(load)(a->sum) + sum);
}

static void NAME(depthwise)(const idr_depthwise *a) {
#define SQUARES(activation, side_, stride_) \
  if (a->side == side_ && a->stride == stride_) NAME(depthwise_with)(a, activation, side_, stride_);
  if (a->activation == IDR_SWISH) {
    SQUARES(IDR_SWISH, 3, 1) SQUARES(IDR_SWISH, 3, 2) SQUARES(IDR_SWISH, 5, 1) SQUARES(IDR_SWISH, 5, 2)
  } else {
    SQUARES(IDR_RELU6, 3, 1) SQUARES(IDR_RELU6, 3, 2) SQUARES(IDR_RELU6, 5, 1) SQUARES(IDR_RELU6, 5, 2)
  }
#undef SQUARES
}

static void NAME(scale_channels)(const float *values, const float *factors, int count, float *output) {
  const vector factor = NAME(load)(factors);
  for (size_t i = 0; i < (size_t)count * IDR_LANES; i += IDR_LANES) NAME(store)(output + i, NAME(load)(values + i) * factor);
}

static void NAME(scale_vectors)(const float *values, const float *factors, int count, float *output) {
  for (int i = 0; i < count; i++) NAME(store)(output + (size_t)i * IDR_LANES, NAME(load)(values + (size_t)i * IDR_LANES) * (vector)factors[i]);
}

static const idr_layers NAME(layers) = {NAME(pointwise), NAME(depthwise), NAME(scale_channels), NAME(scale_vectors)};
