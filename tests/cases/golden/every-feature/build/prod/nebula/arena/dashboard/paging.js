// Which page of a ranking. Pure.

/** Where the last page begins. */
export const lastPage = (players, limit) => Math.max(0, Math.floor((players - 1) / limit) * limit);

/**
 * Where the page begins that has the first player of this rank, or of the next worse one where ties leave it out.
 * @param rankAt position from 0 -> a promise of the rank there. With ties a rank says little of the position: a player of
 *   rank n is at position n-1 or after it, so the page is looked for from there on, a few calls at most.
 */
export async function pageOfRank(rank, players, limit, rankAt) {
  const last = lastPage(players, limit);
  let low = Math.min(Math.floor((rank - 1) / limit) * limit, last);
  let high = last;
  let probe = low;
  while (low < high) {
    if ((await rankAt(probe + limit - 1)) >= rank) high = probe;
    else low = probe + limit;
    probe = low + Math.floor((high - low) / limit / 2) * limit;
  }
  return low;
}
