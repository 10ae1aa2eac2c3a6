/**
 * The types of the page's scripts, for their JSDoc comments. Only the type checker reads this file: names that begin with
 * an underscore stay out of every bundle.
 */

/** What the API answers. openapi.yaml.j2 describes each field. */
declare namespace Api {
  /** A time: RFC 3339 in UTC. */
  type Time = string;
  type Kind = "all_time" | "hour" | "day" | "week" | "month" | "season" | "rolling";

  interface Scores {
    score: number;
    columns: Record<string, number>;
  }

  interface Entry extends Scores {
    rank: number;
    player_id: string;
    name: string | null;
    at: Time;
    /** Texts by field; absent where the board attaches none. */
    attached?: Record<string, string>;
  }

  interface PlayerEntry extends Entry {
    percentile: number;
    pending?: Scores;
    segments?: Record<string, ValueStanding>;
    overall?: Standing;
  }

  /** An entry that may be that of the player who was asked for. */
  interface FoundEntry extends Entry {
    percentile?: number;
    pending?: Scores;
    /** By segment; absent on a board without any. */
    segments?: Record<string, ValueStanding>;
    /** Beside the place in a segment's value: that among all. */
    overall?: Standing;
  }

  interface Edges {
    id: string;
    every: Kind;
    starts_at: Time | null;
    ends_at: Time | null;
  }

  /** A place among some players. */
  interface Standing {
    rank: number;
    players: number;
  }

  interface ValueStanding extends Standing {
    value: string;
  }

  interface Segments extends Head {
    segments: {
      name: string;
      title: string;
      values: { value: string; players: number }[];
      others: number;
    }[];
  }

  interface Window extends Edges {
    sealed: boolean;
  }

  interface ListedWindow extends Window {
    current: boolean;
  }

  /** A column of scores that were made by rules that the board does not have any more. */
  interface DescribedColumn {
    name: string;
    title: string;
    decimals: number;
    reading: Omit<Page.Reading, "decimals">;
  }

  /** What every answer about one window has. */
  interface Head {
    /** Why the ranks stand still; absent while they do not. */
    notice?: string;
    /** Beside `notice`. */
    described_columns?: DescribedColumn[];
    board: string;
    window: Window;
    as_of: Time | null;
    players: number;
    /** Absent in an answer about all players. */
    segment?: { name: string; value: string };
  }

  interface Neighbours extends Head {
    entries: Entry[];
  }

  interface Leaderboard extends Neighbours {
    title: string;
    next_reset_at: Time | null;
    next_starts_at: Time | null;
    /** The entries around the player that is followed; absent where nobody is. */
    around?: FoundEntry[];
  }

  interface Player extends Head {
    entry: PlayerEntry;
  }

  /** The answer to a name, or to a single id in the query: the player's entry and, with `span`, those around it; or none. */
  interface Found extends Head {
    entries: FoundEntry[];
    /** Whether a search by name found more; absent in other answers. */
    more?: boolean;
  }

  interface Windows {
    board: string;
    windows: ListedWindow[];
    /** Absent in the answers of an older release. */
    upcoming?: Edges[];
  }

  interface Problem {
    type: string;
    title: string;
    status: number;
    detail: string;
  }
}

declare namespace Page {
  /** The board's settings, which the page carries as JSON (`page` in the generator). */
  interface Board {
    title: string;
    /** What the page says of the board to those who share a link to it. */
    description: string;
    board: string;
    /** The game's name; null where the YAML gives none. */
    game: string | null;
    /** Whether players are shown by name only. */
    hide_player_ids: boolean;
    /** By what a player is found. */
    search: "id" | "name" | "name or id";
    accent: string;
    refresh_seconds: number;
    stale_seconds: number;
    columns: ColumnSettings[];
    attached: Attached[];
    /** The names of the board's segments. */
    segments: string[];
    windows: [WindowSettings, ...WindowSettings[]];
  }

  type ColumnSettings = { name: string; title: string; order: "ascending" | "descending" } & Reading;

  /** How people read the numbers of a column: `Reading` of the runtime, without what is as in plain numbers. */
  interface Reading {
    decimals: number;
    /** What stands before the digits, and behind them. */
    before?: string;
    after?: string;
    /** Digits after the point, where they are not `decimals`: of a duration those of its seconds. */
    digits?: number;
    /** Of a duration: the steps of its last digit that the last digit of a number is worth. */
    seconds?: number;
    /** Whether it is the number of a place. */
    ordinal?: boolean;
  }

  /** A field that entries may have attached. */
  interface Attached {
    field: string;
    title: string;
    /** Whether an https address in it becomes a link. */
    link: boolean;
  }

  interface WindowSettings {
    every: Api.Kind;
    /** What the page calls the current window of this kind. */
    label: string;
  }

  /** The board's kinds of window; the first is the one that the page opens with. */
  type Kinds = [Api.Kind, ...Api.Kind[]];

  /** What the reader chose. */
  interface Choice {
    /** A kind of window, for its current one, or the id of a window. */
    window: string;
    /** The value of a segment, as in "country:BR", whose players are ranked; null for all. */
    segment: string | null;
    /** Position of a page's first entry, from 0; null for the entries around `player`. */
    offset: number | null;
    /** The id of the player that is followed. */
    player: string | null;
  }

  /** Which ranking the API is asked for. */
  interface Scope {
    window: string;
    segment?: string;
  }

  /** An answer of the API with what its headers say. */
  interface Answer<Body> {
    body: Body;
    /** Time of the snapshot that answered; null before the first. */
    asOf: Api.Time | null;
    /** Milliseconds that the server's clock is ahead of this one. */
    skew: number;
  }

  /** The part of a ranking that the table shows; without a window where none of the kind is on. */
  interface Ranking {
    notice?: string;
    described_columns?: Api.DescribedColumn[];
    window: Api.Window | null;
    next_reset_at?: Api.Time | null;
    next_starts_at?: Api.Time | null;
    players: number;
    entries: Api.FoundEntry[];
    around?: Api.FoundEntry[];
  }

  /** A ranking that was asked for, as it is kept and shown. */
  interface View {
    /** Names the choice that it answers. */
    key: string;
    /** `Choice.window` of that choice. */
    window: string;
    segment: string | null;
    /** `Choice.offset` and `Choice.player` of that choice. */
    offset: number | null;
    player: string | null;
    body: Ranking;
    asOf: Api.Time | null;
    /** No window of the kind is on, so there is nothing to rank. */
    gap: boolean;
  }

  interface State {
    chosen: Choice;
    shown: View | null;
    views: Map<string, View>;
    windows: Api.ListedWindow[];
    upcoming: Api.Edges[];
    skew: number;
    players: number;
    failures: number;
    reason: string | null;
    nextTry: number;
    rankToReveal: number | null;
  }

  /** How current the data on the page is. */
  type Condition = "loading" | "live" | "stale" | "down";

  /** Writes a score as text; a dash for a score that is missing. */
  type FormatScore = (score: number | undefined) => string;

  /** A score column, and how its numbers are written. */
  interface Column {
    name: string;
    title: string;
    format: FormatScore;
    /** Writes how far two scores are apart. */
    formatGap: FormatScore;
  }

  /** The elements of index.html.j2 that have an id. */
  interface Elements {
    announcement: HTMLElement;
    board: HTMLScriptElement;
    caption: HTMLElement;
    countdown: HTMLElement;
    empty: HTMLElement;
    "empty-text": HTMLElement;
    "empty-title": HTMLElement;
    found: HTMLElement;
    "found-attached": HTMLElement;
    "found-close": HTMLButtonElement;
    "found-gap": HTMLElement;
    "found-id": HTMLElement;
    "found-name": HTMLElement;
    "found-pending": HTMLElement;
    "found-percentile": HTMLElement;
    "found-rank": HTMLElement;
    "found-score": HTMLElement;
    "found-segments": HTMLElement;
    "found-share": HTMLButtonElement;
    "found-show": HTMLButtonElement;
    frame: HTMLElement;
    jump: HTMLFormElement;
    matches: HTMLElement;
    more: HTMLElement;
    pager: HTMLElement;
    player: HTMLInputElement;
    podium: HTMLElement;
    range: HTMLElement;
    rank: HTMLInputElement;
    ranking: HTMLElement;
    "reset-label": HTMLElement;
    retry: HTMLButtonElement;
    rows: HTMLTableSectionElement;
    search: HTMLFormElement;
    segment: HTMLSelectElement;
    "search-message": HTMLElement;
    span: HTMLElement;
    state: HTMLElement;
    "state-text": HTMLElement;
    table: HTMLTableElement;
    theme: HTMLButtonElement;
    window: HTMLSelectElement;
  }
}
