#pragma once
#include <png.h>
#include <stdint.h>
#include <string.h>

// Only libpng's simplified interface returns errors; the other one leaves by longjmp, which Swift cannot be crossed with.
// Writes rows of 8-bit grey (channels 1) or RGB (channels 3) to `memory` of `*bytes` bytes; where `memory` is null, sets `*bytes` to what is needed.
// Returns 0 and fills `message` where it fails.
static inline int idr_png_write(
    void *memory, size_t *bytes, uint32_t width, uint32_t height, int channels, const void *pixels, char message[64]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_alloc_size_t size = *bytes;
  int written = png_image_write_to_memory(&image, memory, &size, 0, pixels, 0, 0);
  *bytes = size;
  memcpy(message, image.message, sizeof image.message);
  png_image_free(&image);
  return written;
}

// Reads a PNG back as 8-bit grey or RGB. With null `pixels` it sets only the size.
static inline int idr_png_read(const void *memory, size_t bytes, uint32_t *width, uint32_t *height, int channels, void *pixels) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  int done = png_image_begin_read_from_memory(&image, memory, bytes);
  if (done) {
    *width = image.width;
    *height = image.height;
    image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    if (pixels) done = png_image_finish_read(&image, 0, pixels, 0, 0);
  }
  png_image_free(&image);
  return done;
}
