/**
 * Computes which page of a ranking to show. Pure functions.
 * @module
 */

/**
 * Computes the offset of the last page.
 * @param {number} players
 * @param {number} limit rows of a full page
 */
export const lastPageOffset = (players, limit) => Math.max(0, Math.floor((players - 1) / limit) * limit);

/**
 * Finds the offset of the page that has the first player of a rank; where ties leave the rank out, of the next worse one.
 *
 * With ties a rank says little of the position: a player of rank n is at position n-1 or after it. So the page is searched
 * for from there on, by halving, with a few calls.
 * @param {number} rank
 * @param {number} players
 * @param {number} limit rows of a full page
 * @param {(position: number) => Promise<number>} fetchRank fetches the rank at a position, from 0; Infinity past the end
 */
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
