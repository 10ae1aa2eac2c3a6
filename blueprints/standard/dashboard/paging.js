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
 * Finds the offset of the page with the first player of a rank, or of the next worse rank if ties leave this one out.
 *
 * With ties the position does not follow from the rank: a player of rank n is at position n-1 or after it. From there
 * on, a binary search finds the page with a few calls.
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
