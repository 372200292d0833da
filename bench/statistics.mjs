// Medians and spreads of samples.

// By linear interpolation between the closest ranks.
export function quantile(samples, fraction) {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = fraction * (sorted.length - 1);
  const below = Math.floor(rank);
  return sorted[below] + (rank - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

export const median = (samples) => quantile(samples, 0.5);
export const mean = (samples) => samples.reduce((sum, value) => sum + value, 0) / samples.length;
