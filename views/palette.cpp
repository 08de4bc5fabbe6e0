// SPDX-License-Identifier: Apache-2.0
// The colours by name, light and dark, and the stops of the colour maps. Checked by tests/panels (contrast).
// Lanes: Okabe and Ito (2008), moved to 3:1. Magnitude: viridis (van der Walt and Smith 2015), faded into the
// background at zero. Cividis: Nunez, Anderton and Renslow (2018, doi:10.1371/journal.pone.0199239).
#include "views/palette.h"

namespace vitrine::views {
namespace {

QColor c(QRgb rgb) { return QColor::fromRgb(rgb); }

Colors dark_colors() {
  Colors k;
  k.chrome = c(0x191C20), k.panel = c(0x1E2126), k.sunken = c(0x15181C), k.raised = c(0x2A2E34), k.field = c(0x15181C);
  k.hover = c(0x30353C), k.sel_soft = c(0x262C36), k.sel = c(0x33435C);
  k.line = c(0x343A42), k.grid = c(0x2A2F36), k.ctl = c(0x6B7581), k.axis = c(0x7C8591), k.track = c(0x3A4049);
  k.t1 = c(0xEDF0F3), k.t2 = c(0xB7BEC8), k.t3 = c(0x939CA8), k.disabled = c(0x6A727D);
  k.accent = c(0x6AA8FF), k.accent_ink = c(0x8ABAFF), k.accent_fill = c(0x6AA8FF), k.on_accent = c(0x0B1626);
  k.ok = c(0x5CC389), k.warn = c(0xE8A93A), k.error = c(0xFF7A70), k.mask = c(0x1B1E23);
  k.chip = {c(0x2B3036), c(0x403722), c(0x5E4818), c(0x84610F), c(0xE0A21A)};
  k.on_chip4 = c(0x14161A);
  k.lanes = {c(0x56B4E9), c(0xE69F00), c(0x1FB58A), c(0xD68DB5), c(0x3C8FD9), c(0xE8742A), c(0xF0E442), c(0xA7AFB9)};
  k.magnitude = {c(0x15181C), c(0x3A1D5C), c(0x443983), c(0x31688E),
                 c(0x21918C), c(0x35B779), c(0x90D743), c(0xFDE725)};
  return k;
}

Colors light_colors() {
  Colors k;
  k.chrome = c(0xF0F2F4), k.panel = c(0xFFFFFF), k.sunken = c(0xF7F8FA), k.raised = c(0xFFFFFF), k.field = c(0xFFFFFF);
  k.hover = c(0xE7EAEE), k.sel_soft = c(0xE4ECF8), k.sel = c(0xD3E3FC);
  k.line = c(0xD6DAE0), k.grid = c(0xE9ECEF), k.ctl = c(0x7C8590), k.axis = c(0x7A838E), k.track = c(0xD9DDE3);
  k.t1 = c(0x14171A), k.t2 = c(0x464E57), k.t3 = c(0x5F6873), k.disabled = c(0x8A929C);
  k.accent = c(0x2D7FF9), k.accent_ink = c(0x1259C4), k.accent_fill = c(0x1E6AE5), k.on_accent = c(0xFFFFFF);
  k.ok = c(0x146C3C), k.warn = c(0x7F5000), k.error = c(0xB8241A), k.mask = c(0xF1F3F5);
  k.chip = {c(0xEEF0F3), c(0xFFF0CC), c(0xFFDE94), c(0xFBC550), c(0xE39A12)};
  k.on_chip4 = c(0x14161A);
  k.lanes = {c(0x2387C4), c(0xB67A00), c(0x00805D), c(0xA9568A), c(0x0072B2), c(0xC25400), c(0x8A7F00), c(0x5F6873)};
  k.magnitude = {c(0xFFFFFF), c(0xF0F5D2), c(0xBDDF7A), c(0x5EC076),
                 c(0x21918C), c(0x31688E), c(0x443983), c(0x440154)};
  return k;
}

}  // namespace

const Colors& palette_of(Scheme scheme) {
  static const Colors light = light_colors(), dark = dark_colors();
  return scheme == Scheme::dark ? dark : light;
}

std::array<QColor, 8> cividis_stops(Scheme scheme) {
  if (scheme == Scheme::dark)
    return {c(0x15181C), c(0x00265A), c(0x2B446E), c(0x575C6D), c(0x7D7C78), c(0xA69D75), c(0xD3C164), c(0xFEE838)};
  return {c(0xFFFFFF), c(0xFBEFA0), c(0xD9C765), c(0xB0A472), c(0x7D7C78), c(0x4B546D), c(0x1F3A6D), c(0x00224E)};
}

std::array<QColor, 3> signed_ends(Scheme scheme) {
  if (scheme == Scheme::dark) return {c(0x5AA9FF), c(0x15181C), c(0xFF9A3C)};
  return {c(0x0B5CC0), c(0xFFFFFF), c(0xC25400)};
}

}  // namespace vitrine::views
