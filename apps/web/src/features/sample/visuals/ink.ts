/** Black or white, whichever contrasts more with a color `#rrggbb` (WCAG 2.2, relative luminance). */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const luminance = [0.2126, 0.7152, 0.0722].reduce((sum, weight, channel) => {
    const share = parseInt(color.slice(1 + 2 * channel, 3 + 2 * channel), 16) / 255;
    return sum + weight * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
  // (1.05 / (L + 0.05)) and ((L + 0.05) / 0.05) are equal at this luminance
  return luminance > Math.sqrt(1.05 * 0.05) - 0.05 ? '#000000' : '#ffffff';
}
