// Layers of convolutional networks, for one core, over planes of 16 channels: [block of 16 channels][pixel][channel of the block].
//
// Every result is one chain of fused multiply-adds in a fixed order, begun with the bias, and every other operation is one of IEEE 754, alone:
// so the bits depend on neither the instruction set nor on how pixels are taken together.
#ifndef IDRKIT_LAYERS_H
#define IDRKIT_LAYERS_H
#include <stddef.h>

// Channels of a block.
#define IDR_LANES 16

typedef enum { IDR_LINEAR, IDR_SWISH, IDR_RELU6, IDR_SIGMOID } idr_activation;

// A convolution of 1x1 pixels that gives one block of channels.
typedef struct {
  const float *input;
  size_t inputBlock;     // floats from one block of input channels to the next
  int inputs;            // input channels; the last block may be partly used
  const float *weights;  // [inputs][16]
  const float *bias;     // [16]
  int pixels;
  idr_activation activation;
  const float *shortcut;  // [pixel][16], added to the result; NULL where there is none
  float *output;
  int rowPixels;     // after so many pixels a row of the output is full,
  size_t outputRow;  // and the next begins so many floats after it
} idr_pointwise;

// One row of a convolution of every channel of a block with a square of its own. The input has its padding around it.
typedef struct {
  const float *input;  // the first row that the squares cover
  size_t inputRow;     // floats from one row to the next
  const float *weights;  // [row][column][16]
  const float *bias;     // [16]
  int side;    // of the square: 3 or 5
  int stride;  // 1 or 2
  int pixels;  // of the output
  idr_activation activation;  // IDR_SWISH or IDR_RELU6
  float *output;
  float *sum;  // [16]: the row's sum is added to it
} idr_depthwise;

typedef struct {
  void (*pointwise)(const idr_pointwise *);
  void (*depthwise)(const idr_depthwise *);
  // output[i] = values[i] * factors, for `count` times 16 values and 16 factors.
  void (*scale_channels)(const float *values, const float *factors, int count, float *output);
  // output[i] = values[i] * factors[i], for `count` times 16 values and a factor for each 16.
  void (*scale_vectors)(const float *values, const float *factors, int count, float *output);
} idr_layers;

typedef enum { IDR_PORTABLE, IDR_AVX2, IDR_AVX512, IDR_LEVELS } idr_level;

// NULL where the processor has not got the instructions.
const idr_layers *idr_layers_of(idr_level level);
#endif
