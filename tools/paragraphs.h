// The text of a result, put together of lines each of which is fit to be shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tools {

// Lines in paragraphs with one blank line between them; empty ones leave no trace.
class Paragraphs {
 public:
  void line(std::string_view text) {
    if (!text.empty()) {
      text_ += (text_.empty() ? "" : (new_paragraph_ ? "\n\n" : "\n"));
      text_ += text;
      new_paragraph_ = false;
    }
  }
  // A line of a value that may be unknown: then there is none.
  void labelled(const std::string& label, const std::string& value) {
    if (!value.empty()) {
      line(label + ": " + value);
    }
  }
  void end_paragraph() { new_paragraph_ = true; }
  void warnings(const std::vector<std::string>& warnings) {
    end_paragraph();
    for (const std::string& warning : warnings) {
      line("⚠ " + warning);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool new_paragraph_ = false;
};

}  // namespace tools
