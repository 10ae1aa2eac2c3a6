
export const lastPageOffset = (players, limit) => Math.max(0, Math.floor((players - 1) / limit) * limit);

export async function findPageOfRank(rank, players, limit, fetchRank) {
  let low = Math.min(Math.floor((rank - 1) / limit) * limit, lastPageOffset(players, limit));
  let high = lastPageOffset(players, limit);
  let probe = low;
  while (low < high) {
    if ((await fetchRank(probe + limit - 1)) >= rank) high = probe;
    else low = probe + limit;
    probe = low + Math.floor((high - low) / limit / 2) * limit;
  }
  return low;
}
