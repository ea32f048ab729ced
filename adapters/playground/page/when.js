// The room's time, told in the browser's own zone. The clock runs on between two signals from the server.

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "Europe/Zurich";

const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options });
const DAY = format({ weekday: "long", day: "numeric", month: "long" });
const SHORT_DAY = format({ weekday: "short", day: "numeric", month: "short" });
const HOUR = format({ hour: "2-digit", minute: "2-digit" });
const DATE = format({ year: "numeric", month: "2-digit", day: "2-digit" });

export const NARROW = matchMedia("(max-width: 859px)"); // one chair at a time, as in room.css

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export const dayOf = (instant) => DAY.format(instant);
export const hourOf = (instant) => HOUR.format(instant);
export const sameDay = (one, other) => DATE.format(one) === DATE.format(other);

export class RoomClock {
  constructor(timeNode, zoneNode) {
    this.timeNode = timeNode;
    zoneNode.textContent = ZONE.replaceAll("_", " ");
    setInterval(() => this.draw(), 1000);
  }

  set(iso) {
    const moved = this.at && Math.abs(new Date(iso) - this.now()) > 60_000;
    this.at = new Date(iso).getTime();
    this.since = performance.now();
    this.draw();
    if (moved && !STILL.matches) this.timeNode.animate([{ opacity: 0, transform: "translateY(6px)" }, { opacity: 1, transform: "none" }], 450);
  }

  now() {
    return new Date(this.at + performance.now() - this.since);
  }

  draw() {
    if (!this.at) return;
    const day = NARROW.matches ? SHORT_DAY.format(this.now()) : dayOf(this.now());
    const text = `${day}, ${hourOf(this.now())}`;
    if (this.timeNode.textContent === text) return;
    this.timeNode.textContent = text;
    this.timeNode.dateTime = this.now().toISOString();
  }
}
