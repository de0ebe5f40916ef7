/** Positions in the counters that a pool and its workers share: how many places are taken. */
export const PLACES_TAKEN = 0;
/** How many images are done. */
export const IMAGES_DONE = 1;
/** The first of one word for each place: 1 while the sums of its last block have not been added to the totals. */
export const SUMS_NEEDED = 2;
