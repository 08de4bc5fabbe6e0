// SPDX-License-Identifier: Apache-2.0
#include "engine/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view doing) {
  const int code = errno;
  const char* hint = code == ENOENT ? "check the path" : code == EACCES ? "give yourself permission to read it" : "";
  throw Error(ErrorKind::io, cat("cannot ", doing, ": ", std::strerror(code)), hint, path.string());
}

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) fail(path, "open the file");
    struct stat status {};
    if (::fstat(fd_, &status) != 0) {
      ::close(fd_);
      fail(path, "read the file's size");
    }
    if (!S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw Error(ErrorKind::io, "not a regular file", "choose a file", path.string());
    }
    size_ = size_t(status.st_size);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const noexcept { return fd_; }
  size_t size() const noexcept { return size_; }

 private:
  int fd_;
  size_t size_ = 0;
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor file(path);
  if (file.size() == 0)
    throw Error(ErrorKind::io, "the file is empty (0 bytes)", "download or copy it again", path.string());
  void* address = ::mmap(nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (address == MAP_FAILED) fail(path, "map the file into memory");
  return std::shared_ptr<const MappedFile>(new MappedFile(path, {static_cast<std::byte*>(address), file.size()}));
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

void MappedFile::check_intact() const {
  if (guard_.broken())
    throw Error(ErrorKind::io, "the file could no longer be read: it was cut short while open, or its disk is gone",
                "put the whole file back and open it again", path_.string());
}

std::string read_text_file(const std::filesystem::path& path, size_t limit) {
  const Descriptor file(path);
  if (file.size() > limit)
    throw Error(ErrorKind::format, cat("a text file of ", file.size(), " bytes; at most ", limit, " are read"),
                "check that this is the right file", path.string());
  std::string text(file.size(), '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(file.fd(), text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read the file");
    if (got == 0) break;
    done += size_t(got);
  }
  text.resize(done);
  return text;
}

void MappedFile::drop_pages(std::span<const std::byte> bytes) const noexcept {
  const std::byte* const begin = bytes_.data();
  if (bytes.empty() || bytes.data() < begin || bytes.data() + bytes.size() > begin + bytes_.size()) return;
  const size_t page = size_t(::sysconf(_SC_PAGESIZE));
  const size_t from = (size_t(bytes.data() - begin) + page - 1) / page * page, to = size_t(bytes.data() + bytes.size() - begin) / page * page;
  if (from < to) ::madvise(const_cast<std::byte*>(begin + from), to - from, MADV_DONTNEED);
}

}  // namespace vitrine
