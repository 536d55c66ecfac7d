/** How long an end may go unheard before the same command means a new run; an interval of PostgreSQL. */
export const UNHEARD_FOR = '1 hour';
