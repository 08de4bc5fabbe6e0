// SPDX-License-Identifier: Apache-2.0
// Pictures of attention show the probabilities the model used: each pixel against the double-precision matrix.
#include <gtest/gtest.h>

#include "cache_fixture.h"

namespace vitrine::test {
namespace {

struct View {
  int64_t row_from, row_to, key_from, key_to, pixel_rows, pixel_columns;
};

TEST(Tile, PixelsAreTheMaximumOrMeanOfTheirCells) {
  const View views[] = {{0, 700, 0, 700, 70, 70},     {0, 700, 0, 700, 33, 91},   {100, 130, 40, 101, 30, 61},
                        {300, 305, 280, 300, 20, 50}, {699, 700, 0, 700, 1, 700}, {0, 16, 600, 700, 4, 4}};
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (DType dtype : {DType::f32, DType::f16}) {
      for (int window : {0, 120}) {
        const CacheSizes sizes = {
            .kv_heads = 2, .k_dim = 32, .v_dim = 32, .page_tokens = 32, .dtype = dtype, .lengths = {700}};
        Cache cache(*backend, sizes);
        const int64_t rows = 700, heads = 4;
        const int head = 3;
        const auto q = normal_values(rows * heads * 32, 8, 2);
        std::vector<int32_t> index(700);
        for (int32_t i = 0; i < 700; ++i) index[size_t(i)] = i;
        AttendArgs attend = {.q = tensor_of(*backend, q, {rows, heads, 32}), .kv = cache.view};
        attend.out = backend->alloc({rows, heads, 32}, DType::f32);
        attend.seq_of_row = tensor_of(*backend, std::vector<int32_t>(700, 0), {rows});
        attend.index_of_row = tensor_of(*backend, index, {rows});
        attend.rule = {.scale = 0.2f, .mask = {.window = window}};
        attend.lse = backend->alloc({rows, heads}, DType::f32);
        backend->attend(attend);
        std::vector<double> matrix;
        for (int64_t r = 0; r < rows; ++r) {
          const ReferenceRow want =
              attend_in_double(&q[size_t((r * heads + head) * 32)], cache.keys[0], cache.values[0], 2, 1, 32, 32, r,
                               rows, {.scale = double(0.2f), .mask = {.window = window}});
          matrix.insert(matrix.end(), want.prob.begin(), want.prob.end());
        }
        for (const View& view : views) {
          for (bool mean : {false, true}) {
            AttentionTileArgs tile = {.q = attend.q,
                                      .lse = attend.lse,
                                      .index_of_row = attend.index_of_row,
                                      .kv = cache.view,
                                      .seq = 0,
                                      .head = head};
            tile.row_from = view.row_from, tile.row_to = view.row_to, tile.key_from = view.key_from,
            tile.key_to = view.key_to;
            tile.mean = mean;
            tile.rule = attend.rule;
            tile.out = backend->alloc({view.pixel_rows, view.pixel_columns}, DType::f32);
            backend->attention_tile(tile);
            const auto got = floats_of(*backend, tile.out);
            double worst = 0;
            for (int64_t y = 0; y < view.pixel_rows; ++y) {
              for (int64_t x = 0; x < view.pixel_columns; ++x) {
                const int64_t height = view.row_to - view.row_from, width = view.key_to - view.key_from;
                const int64_t r0 = view.row_from + y * height / view.pixel_rows,
                              c0 = view.key_from + x * width / view.pixel_columns;
                const int64_t r1 = std::max(r0 + 1, view.row_from + (y + 1) * height / view.pixel_rows),
                              c1 = std::max(c0 + 1, view.key_from + (x + 1) * width / view.pixel_columns);
                double most = 0, sum = 0;
                for (int64_t r = r0; r < r1; ++r)
                  for (int64_t c = c0; c < c1; ++c)
                    most = std::max(most, matrix[size_t(r * rows + c)]), sum += matrix[size_t(r * rows + c)];
                const double want = mean ? sum / double((r1 - r0) * (c1 - c0)) : most;
                worst = std::max(worst, std::abs(want - double(got[size_t(y * view.pixel_columns + x)])));
              }
            }
            EXPECT_LT(worst, 4e-6) << isa << ", window " << window << (mean ? ", mean" : ", max") << ", rows from "
                                   << view.row_from;
          }
        }
      }
    }
  }
}

TEST(Tile, APictureOfWhatIsNotThereIsRefused) {
  const auto backend = backend_of("scalar");
  Cache cache(*backend, {.lengths = {20}});
  AttentionTileArgs tile = {.q = backend->alloc({20, 2, 64}, DType::f32),
                            .lse = backend->alloc({20, 2}, DType::f32),
                            .index_of_row = backend->alloc({20}, DType::i32),
                            .kv = cache.view,
                            .seq = 0,
                            .head = 0};
  tile.row_to = 20, tile.key_to = 21;
  tile.out = backend->alloc({4, 4}, DType::f32);
  EXPECT_THROW(backend->attention_tile(tile), Error);
  tile.key_to = 20, tile.head = 2;
  EXPECT_THROW(backend->attention_tile(tile), Error);
}

}  // namespace
}  // namespace vitrine::test
