/*
 * What libjpeg-turbo's decoder refers to and never calls here: palettes, merged upsampling, and inverse
 * transforms of other kinds and sizes (CMakeLists.txt maps their names to the one below).
 */
#define JPEG_INTERNALS
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

void jinit_1pass_quantizer(j_decompress_ptr cinfo) { (void)cinfo; }
void jinit_2pass_quantizer(j_decompress_ptr cinfo) { (void)cinfo; }
void jinit_merged_upsampler(j_decompress_ptr cinfo) { (void)cinfo; }

void jpeg_idct_never(j_decompress_ptr cinfo, jpeg_component_info* component, JCOEFPTR block,
                     JSAMPARRAY rows, JDIMENSION column) {
  (void)cinfo, (void)component, (void)block, (void)rows, (void)column;
}
