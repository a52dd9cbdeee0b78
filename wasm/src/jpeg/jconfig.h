/* How libjpeg-turbo is built here: 8 bits a sample, no arithmetic coding, no file or memory
 * managers. */
#define JPEG_LIB_VERSION 62
#define LIBJPEG_TURBO_VERSION 2.1.5
#define LIBJPEG_TURBO_VERSION_NUMBER 2001005
#define BITS_IN_JSAMPLE 8
