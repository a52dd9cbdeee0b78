#include "reader.h"

#include <algorithm>
#include <csetjmp>
#include <new>

#include "libjpeg.h"

namespace shiwu {

struct JpegReader::State {
  jpeg_decompress_struct decoder;
  jpeg_error_mgr errors;
  jpeg_source_mgr source;
  jpeg_progress_mgr progress;
  std::jmp_buf failure;
  bool ran_out = false;
  bool started = false;  // from then on nobody waits for data
  bool truncated = false;
  double complete = 1;  // how much of the file's rows is there

  static State& Of(j_common_ptr any) { return *static_cast<State*>(any->client_data); }
  static State& Of(j_decompress_ptr decoder) { return *static_cast<State*>(decoder->client_data); }

  // Calls `step`, which may end anywhere by an error: nothing in it may need destruction.
  template <typename Step>
  Status Try(Step step) {
    if (setjmp(failure) != 0) return Why();
    step();
    return {};
  }
  Status Why() const;
};

namespace {

// A progressive file has some ten scans; one made to take forever has thousands.
constexpr int kMostScans = 500;

// Whether coefficients of a progressive file are not known to their last bit.
bool LacksScans(const jpeg_decompress_struct& decoder) {
  if (decoder.coef_bits == nullptr) return false;
  for (int c = 0; c < decoder.num_components; ++c) {
    for (int k = 0; k < DCTSIZE2; ++k) {
      if (decoder.coef_bits[c][k] != 0) return true;
    }
  }
  return false;
}

// What stands in for the rest of a file that ends early.
constexpr JOCTET kEnd[] = {0xFF, JPEG_EOI};

}  // namespace

Status JpegReader::State::Why() const {
  const int code = errors.msg_code;
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return Error{ErrorCode::kOutOfMemory, "while decoding"};
    case JERR_IMAGE_TOO_BIG:
      return Error{ErrorCode::kImageTooLarge, "over the decoder's own limit"};
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_J_COLORSPACE:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
      return Error{ErrorCode::kUnsupportedFormat, "a variant of JPEG, libjpeg-turbo's error ",
                   code};
    case JERR_EMPTY_IMAGE:
      if (decoder.image_height == 0 && decoder.image_width > 0) {
        return Error{ErrorCode::kUnsupportedFormat, "a JPEG whose height comes later"};
      }
      [[fallthrough]];
    default:
      return Error{ran_out ? ErrorCode::kTruncatedImage : ErrorCode::kCorruptImage,
                   "libjpeg-turbo's error ", code};
  }
}

JpegReader::JpegReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JpegReader::JpegReader(JpegReader&&) noexcept = default;
JpegReader::~JpegReader() {
  if (state_ != nullptr) jpeg_destroy_decompress(&state_->decoder);
}

Result<JpegReader> JpegReader::Open(std::span<const uint8_t> file, uint64_t max_pixels) {
  std::unique_ptr<State> owned(new (std::nothrow) State());
  if (owned == nullptr) return Error{ErrorCode::kOutOfMemory, "JPEG decoder"};
  State& state = *owned;
  state.decoder.err = &state.errors;
  state.decoder.client_data = &state;
  state.errors.error_exit = [](j_common_ptr any) { std::longjmp(State::Of(any).failure, 1); };
  state.errors.output_message = [](j_common_ptr) {};
  state.errors.reset_error_mgr = [](j_common_ptr) {};
  // Warnings: damage that every decoder lives with. The one that counts is that a scan's data
  // ended.
  state.errors.emit_message = [](j_common_ptr any, int) {
    State& s = State::Of(any);
    if (!s.ran_out || s.truncated || any->err->msg_code != JWRN_HIT_MARKER) return;
    s.truncated = true;
    const jpeg_decompress_struct& d = s.decoder;
    // Later scans of a progressive file only refine what the first one has given.
    if (d.input_scan_number > 1) return;
    s.complete = static_cast<double>(d.input_iMCU_row) / std::max<JDIMENSION>(1, d.total_iMCU_rows);
  };
  state.source = {
      file.data(),
      file.size(),
      [](j_decompress_ptr) {},
      [](j_decompress_ptr decoder) -> boolean {
        State::Of(decoder).ran_out = true;
        // Of what stands between scans, tables and headers, nothing must be made up: see Start().
        const bool in_scan = decoder->coef != nullptr &&
                             decoder->inputctl->consume_input == decoder->coef->consume_data;
        if (!in_scan && !State::Of(decoder).started) return FALSE;
        decoder->src->next_input_byte = kEnd;
        decoder->src->bytes_in_buffer = sizeof(kEnd);
        return TRUE;
      },
      [](j_decompress_ptr decoder, long count) {
        jpeg_source_mgr& source = *decoder->src;
        const size_t skipped =
            std::min(source.bytes_in_buffer, static_cast<size_t>(std::max(count, 0L)));
        source.next_input_byte += skipped;
        source.bytes_in_buffer -= skipped;
      },
      &jpeg_resync_to_restart,
      [](j_decompress_ptr) {},
  };
  state.progress.progress_monitor = [](j_common_ptr any) {
    if (State::Of(any).decoder.input_scan_number > kMostScans) ERREXIT(any, JERR_BAD_PROGRESSION);
  };
  volatile bool has_header = false;
  Status status = state.Try([&] {
    jpeg_create_decompress(&state.decoder);
    state.decoder.src = &state.source;
    state.decoder.progress = &state.progress;
    has_header = jpeg_read_header(&state.decoder, TRUE) == JPEG_HEADER_OK;
  });
  if (status.ok() && !has_header) {
    status = Error{ErrorCode::kTruncatedImage, "the data ends inside the header"};
  }
  if (!status.ok()) {
    jpeg_destroy_decompress(&state.decoder);
    return status;
  }
  JpegReader reader(std::move(owned));
  if (uint64_t{state.decoder.image_width} * state.decoder.image_height > max_pixels) {
    return Error{ErrorCode::kImageTooLarge, reader.width(), " x ", reader.height(), " pixels"};
  }
  return reader;
}

int JpegReader::width() const { return static_cast<int>(state_->decoder.image_width); }
int JpegReader::height() const { return static_cast<int>(state_->decoder.image_height); }
bool JpegReader::truncated() const { return state_->truncated; }

Status JpegReader::CheckComplete() const {
  if (state_->complete >= 0.5) return {};
  return Error{ErrorCode::kTruncatedImage, "less than half of the rows are there"};
}

Status JpegReader::Start(int denominator) {
  jpeg_decompress_struct& decoder = state_->decoder;
  return state_->Try([&] {
    decoder.scale_num = 1;
    decoder.scale_denom = static_cast<unsigned>(denominator);
    decoder.dct_method = JDCT_ISLOW;
    decoder.out_color_space = JCS_EXT_RGBA;
    const auto width = decoder.image_width, height = decoder.image_height;
    const auto components = decoder.num_components, precision = decoder.data_precision;
    if (!jpeg_start_decompress(&decoder)) {
      // A second frame's header, cut short, has been written over the first one's.
      decoder.image_width = width, decoder.image_height = height;
      decoder.num_components = components, decoder.data_precision = precision;
      // The data ends inside a table or a scan's header, or where the next would begin.
      state_->truncated |= decoder.unread_marker != 0;
      decoder.unread_marker = JPEG_EOI;
      state_->started = true;
      jpeg_start_decompress(&decoder);
    }
    state_->started = true;
    // Of a progressive file all scans have been read now.
    state_->truncated |= state_->ran_out && LacksScans(decoder);
  });
}

Status JpegReader::Skip(int rows) {
  return state_->Try([&] {
    if (rows > 0) jpeg_skip_scanlines(&state_->decoder, static_cast<JDIMENSION>(rows));
  });
}

Status JpegReader::Read(uint8_t* to, size_t pitch, int count) {
  return state_->Try([&] {
    for (int done = 0; done < count;) {
      constexpr int kMost = 4;  // what a sampling factor of 4 gives at a time
      JSAMPROW rows[kMost];
      const int wanted = std::min(kMost, count - done);
      for (int r = 0; r < wanted; ++r) rows[r] = to + (done + r) * pitch;
      const auto got = static_cast<int>(
          jpeg_read_scanlines(&state_->decoder, rows, static_cast<JDIMENSION>(wanted)));
      // Nothing waits for data here: without rows there will never be any.
      if (got == 0) ERREXIT(&state_->decoder, JERR_INPUT_EOF);
      done += got;
    }
  });
}

}  // namespace shiwu
