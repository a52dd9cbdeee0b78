#include "shiwu/text_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

using std::string_view_literals::operator""sv;
using Row = std::vector<std::string_view>;

TEST(TextTable, SplitsLinesAndCells) {
  const auto table = ParseTextTable("id\tzh\tnote\nn1\t猫\t\nn2\t狗\ta b\n");
  ASSERT_VALUE(table);
  EXPECT_EQ(table.value().columns, (Row{"id", "zh", "note"}));
  ASSERT_EQ(table.value().rows.size(), 2u);
  EXPECT_EQ(table.value().rows[0], (Row{"n1", "猫", ""}));
  EXPECT_EQ(table.value().rows[1], (Row{"n2", "狗", "a b"}));
  EXPECT_EQ(table.value().Column("zh"), 1);
  EXPECT_EQ(table.value().Column("ZH"), -1);
  EXPECT_EQ(table.value().Column(""), -1);
}

TEST(TextTable, LineEndsAndByteOrderMark) {
  for (const std::string_view text :
       {"a\tb\nc\td\n"sv, "a\tb\nc\td"sv, "a\tb\r\nc\td\r\n"sv, "a\tb\r\nc\td"sv,
        "\xEF\xBB\xBF"
        "a\tb\nc\td\n"sv}) {
    const auto table = ParseTextTable(text);
    ASSERT_VALUE(table);
    EXPECT_EQ(table.value().columns, (Row{"a", "b"})) << text;
    ASSERT_EQ(table.value().rows.size(), 1u);
    EXPECT_EQ(table.value().rows[0], (Row{"c", "d"}));
  }
}

TEST(TextTable, RefusesWhatIsNoTable) {
  for (const std::string_view text : {
           ""sv,
           "\xEF\xBB\xBF"sv,
           "\n"sv,
           "a\tb\n"sv,
           "a\tb"sv,  // no rows
           "a\tb\nc\n"sv,
           "a\tb\nc\td\te\n"sv,
           "a\tb\nc\td\n\n"sv,
           "a\tb\n\nc\td\n"sv,  // cells
           "a\nb\rc\n"sv,
           "a\nb\r\r\n"sv,
           "a\nb\0c\n"sv,
           "a\nb\x1B[0m\n"sv,
           "a\nb\x7F\n"sv,
           "a\x01\nb\n"sv,  // control characters
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidLabels, ParseTextTable(text));
  }
}

TEST(TextTable, ErrorsNameTheLine) {
  const auto cells = ParseTextTable("a\tb\nc\td\ne\n");
  ASSERT_FALSE(cells.ok());
  EXPECT_NE(cells.error().message.find("line 3"), std::string::npos) << cells.error().message;
  const auto utf8 = ParseTextTable("a\nb\nc\n\xFF\n");
  ASSERT_FALSE(utf8.ok());
  EXPECT_NE(utf8.error().message.find("line 4"), std::string::npos) << utf8.error().message;
}

// ---- UTF-8

std::string Encode(uint32_t point) {
  std::string text;
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | point >> 6);
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3F));
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  }
  return text;
}

bool Accepted(std::string_view cell) {
  return ParseTextTable("h\n" + std::string(cell) + "\n").ok();
}

// Reads one code point by the bit patterns alone and asks whether writing it gives the same bytes:
// a definition of well-formed UTF-8 that has no table of ranges.
bool IsWellFormed(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    size_t length = 1;
    uint32_t point = lead;
    if (lead >= 0x80) {
      if ((lead & 0xE0) == 0xC0) {
        length = 2, point = lead & 0x1F;
      } else if ((lead & 0xF0) == 0xE0) {
        length = 3, point = lead & 0x0F;
      } else if ((lead & 0xF8) == 0xF0) {
        length = 4, point = lead & 0x07;
      } else {
        return false;
      }
    }
    if (i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if ((byte & 0xC0) != 0x80) return false;
      point = point << 6 | (byte & 0x3F);
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    if (Encode(point) != text.substr(i, length)) return false;
    i += length;
  }
  return true;
}

TEST(Utf8, EveryCodePointIsAccepted) {
  // 4096 to a cell: a refusal is then looked for one by one.
  for (uint32_t first = 0x80; first <= 0x10FFFF; first += 4096) {
    std::string cell;
    for (uint32_t point = first; point < first + 4096 && point <= 0x10FFFF; ++point) {
      if (point < 0xD800 || point > 0xDFFF) cell += Encode(point);
    }
    if (cell.empty() || Accepted(cell)) continue;
    for (uint32_t point = first; point < first + 4096; ++point) {
      EXPECT_TRUE((point >= 0xD800 && point <= 0xDFFF) || Accepted(Encode(point))) << point;
    }
  }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (const std::string_view bytes : {
           "\x80"sv,
           "\xBF"sv,
           "\xC0\x80"sv,
           "\xC1\xBF"sv,
           "\xC2"sv,
           "\xC2\x7F"sv,
           "\xC2\xC0"sv,
           "\xE0\x80\x80"sv,
           "\xE0\x9F\xBF"sv,
           "\xE4\xB8"sv,
           "\xED\xA0\x80"sv,
           "\xED\xBF\xBF"sv,
           "\xED\xA0\xBD\xED\xB8\x80"sv,  // a surrogate pair, as CESU-8 has it
           "\xF0\x80\x80\x80"sv,
           "\xF0\x8F\xBF\xBF"sv,
           "\xF0\x9F\x98"sv,
           "\xF4\x90\x80\x80"sv,
           "\xF5\x80\x80\x80"sv,
           "\xF8\x88\x80\x80\x80"sv,
           "\xFC\x84\x80\x80\x80\x80"sv,
           "\xFE"sv,
           "\xFF"sv,
           "\xC3\xA8\x80"sv,
           "\xB9\xB7"sv,          // GBK
           "\xD6\xD0\xCE\xC4"sv,  // GBK
       }) {
    EXPECT_FALSE(Accepted(bytes));
    EXPECT_FALSE(IsWellFormed(bytes));
    EXPECT_FALSE(Accepted("猫" + std::string(bytes) + "狗"));
  }
  // UTF-16 is refused too, with or without its byte order mark.
  EXPECT_ERROR(ErrorCode::kInvalidLabels, ParseTextTable("\xFF\xFEh\0\n\0x\0\n\0"sv));
  EXPECT_ERROR(ErrorCode::kInvalidLabels, ParseTextTable("h\0\n\0x\0\n\0"sv));
}

TEST(Utf8, BoundaryBytesInEveryCombination) {
  constexpr uint8_t kBytes[] = {0x20, 0x7E, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                                0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
  constexpr size_t kCount = std::size(kBytes);
  int accepted = 0;
  for (size_t i = 0; i < kCount * kCount * kCount * kCount; ++i) {
    std::string text(4, '\0');
    for (size_t k = 0, rest = i; k < 4; ++k, rest /= kCount) {
      text[k] = static_cast<char>(kBytes[rest % kCount]);
    }
    const bool well_formed = IsWellFormed(text);
    accepted += well_formed;
    ASSERT_EQ(Accepted(text), well_formed) << testing::PrintToString(text);
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace shiwu
