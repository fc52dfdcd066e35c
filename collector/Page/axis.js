// The part of time that is in sight: all of it, or what was zoomed into.
export class TimeAxis {
  constructor() { this.reset(); }

  get isZoomed() { return this.from > 0 || this.to < 1; }
  get width() { return this.to - this.from; }

  reset() {
    this.from = 0;
    this.to = 1;
  }

  // Where a fraction of the whole is in what is in sight; below 0 or above 1 if it is out of it.
  at(fraction) { return (fraction - this.from) / this.width; }

  // Which fraction of the whole a place in sight is.
  fraction(place) { return this.from + place * this.width; }

  // Zooms so that the same moment stays below the pointer.
  zoom(factor, place) {
    const centre = this.fraction(place);
    const width = Math.min(1, Math.max(1e-6, this.width * factor));
    this.show(centre - place * width, centre - place * width + width);
  }

  pan(share) { this.show(this.from + share * this.width, this.to + share * this.width); }

  show(from, to) {
    const width = Math.min(1, to - from);
    this.from = Math.min(1 - width, Math.max(0, from));
    this.to = this.from + width;
  }
}
