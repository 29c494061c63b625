// Made by `make examples` from tools/examples.py: edit that, not this.

/** @type {import('./gallery.js').Example[]} */
export const EXAMPLES = [
  {
    "id": "fades",
    "group": "gradients",
    "query": "",
    "at": "t=7&k=0&parameter=U",
    "picture": {
      "kind": "magnitude",
      "rows": 8,
      "columns": 8,
      "data": "AAAAAAAAAAAAvgAAAAAAAACx1QAAAAAAAKfB6wAAAAAAXHOo2gAAAAABHoS44QAAABQ8cK7Z+QAAia3M1vL/7A=="
    }
  },
  {
    "id": "keeps",
    "group": "gradients",
    "query": "cell=lstm&forget_bias=4",
    "at": "t=7&k=0&parameter=U",
    "picture": {
      "kind": "magnitude",
      "rows": 8,
      "columns": 8,
      "data": "AAAAAAAAAAAAEQAAAAAAAAALbQAAAAAAAHS0jAAAAAAAKykenwAAAAABT2Gf+AAAAAxATViB3wAAzdzH/9fh2Q=="
    }
  },
  {
    "id": "explodes",
    "group": "gradients",
    "query": "cell=rnn-relu&gain=3",
    "at": "t=7&k=0&parameter=U",
    "picture": {
      "kind": "magnitude",
      "rows": 8,
      "columns": 8,
      "data": "AAAAAAAAAAAAGQAAAAAAAAAeBgAAAAAAABwBKAAAAAAATklbUwAAAACGhI+GfAAAAM7G59i0uQAAyrD/8dTlzw=="
    }
  },
  {
    "id": "cut",
    "group": "gradients",
    "query": "window=3",
    "at": "t=6&share=1",
    "picture": {
      "kind": "signed",
      "rows": 8,
      "columns": 8,
      "data": "gICAgICAgICAfoCAgICAgIB1/4CAgICAgJPArICAgICAeqGu6oCAgICEeG5+roCAgIF1gJljwICAdqauu8/G2g=="
    }
  },
  {
    "id": "gates",
    "group": "cells",
    "query": "cell=lstm&hidden=16",
    "at": "t=5&node=f&unit=2",
    "picture": {
      "kind": "signed",
      "rows": 16,
      "columns": 8,
      "data": "esJKT0pdpn2Pf064w4VUMnOkxmwiJHMlSpKFfFNxRKqjmsdUhrKGtZhmgFM8dIZhx6uwl6izuHiaiL/ly5CrwrS1nI+/m86wd1hz1IKAhKuIwom22LFGPbex1Il7hF5kMkABUX47OItxnmqjm4+wSVqLprG+Yy+GjZWqW5ZUiIc="
    }
  },
  {
    "id": "update",
    "group": "cells",
    "query": "cell=gru&hidden=16",
    "at": "t=5&node=z&unit=1",
    "picture": {
      "kind": "share",
      "rows": 16,
      "columns": 8,
      "data": "iXJqW4yWhZOblGCacpxvnnR2YGSOlYZznY6Ik3Nnk31/o6CFjYuXc5hudWqFfmyOdm6DpX9thHSFd4htl3lrhXycf3KQpKJxgIGTf4+YmWeapGaOpal9o5SAcZqgb4GHZI2DYIxdjH5lhmBocotzb5h0aHmLkZmEe5ODoHqGhJk=",
      "meaning": "update"
    }
  },
  {
    "id": "slowly",
    "group": "cells",
    "query": "cell=lstm",
    "at": "phase=forward&t=2&sub=0",
    "picture": {
      "kind": "share",
      "rows": 8,
      "columns": 8,
      "data": "dn+BnGF5o2B6oV2BVoljfmSZYXyBfKOSb5WQgHSme3GXfpidg4djX5Bvg6KGhF11YqqJYZOphGyNZn6KoF+BkA==",
      "meaning": "update"
    }
  },
  {
    "id": "both-ways",
    "group": "networks",
    "query": "topology=bidirectional",
    "at": "t=3",
    "picture": {
      "kind": "signed",
      "rows": 8,
      "columns": 8,
      "data": "VpjT1VZfojsSJhglR2dqoWCuVVvHYais9PPPdoPLdE7IXWP/2cCOSDEEGXyMdGmECISHDY+pjWLOVZdz2CuXpw=="
    }
  },
  {
    "id": "looks",
    "group": "networks",
    "query": "model=dates",
    "at": "t=3",
    "picture": {
      "kind": "share",
      "rows": 15,
      "columns": 15,
      "data": "AQEBAQwBAQPxECxiEiEcAQEBAQwBAwMCsEgjX0UIAQEBARoDAgIBCxAJJA4KAQEBARnYCgsDAg4CAwcDAQEBASENZkgBAgUBBAIBAQEBAQgFZB4BAgMBAwIBAQEBARsPCRMDAg0HCAcDAQEBAQQEByYCAgcCBAMBAQEBAQQCE0ABAQIBAgEBAQEBAQEBBw8BAQEBAQEBAQEBAQ4BAgMHBQgQDgsJ1A8CAjcBAQUDBQsOCSYqKt0OAhEBAQEBHR8eEiwsAxTwBgkBAQEBCB8MJxhQAQEB9xcBAgIBBgsnDwwk",
      "meaning": "output"
    }
  },
  {
    "id": "writes",
    "group": "networks",
    "query": "topology=one-to-many",
    "at": "t=4",
    "picture": {
      "kind": "signed",
      "rows": 8,
      "columns": 8,
      "data": "lkEfLC3/0FHBnQ7ZGtpzgWCwVSX2Wmtzxo9zykIw2Xx+yGmYW3mja7tMnjiVz2mlZkCTaFNC0yCNdnukx449ew=="
    }
  },
  {
    "id": "adding",
    "group": "data",
    "query": "cell=lstm&data=adding&length=40",
    "at": "t=12",
    "picture": {
      "kind": "signed",
      "rows": 2,
      "columns": 36,
      "data": "irPMko+PsL2hve/T1YntsK2f5seghJaqh9r6l9P0tYfHo6eNgICAgICAgID/gICAgICAgICAgICAgICAgICAgP+AgICAgICA"
    }
  },
  {
    "id": "heart",
    "group": "data",
    "query": "model=ecg",
    "at": "t=20",
    "picture": {
      "kind": "lines",
      "rows": 1,
      "columns": 100,
      "data": "MCwlIBwYFRAKBQQAAAYPGScxPkdISE1LTExLT1JRVVhYWWJmbnBva2ZgXmBfXl5jn//YbGNiYGFhY2VmaGtsb3Z7gYqRlpqZlo6CeXNxbm5wcHBwb21ucXh9fXdxa2hnaWlpaQ==",
      "meaning": "input"
    }
  },
  {
    "id": "alarm",
    "group": "data",
    "query": "model=account",
    "at": "t=30",
    "picture": {
      "kind": "lines",
      "rows": 1,
      "columns": 60,
      "data": "AgAAAAAAAAAAAAAAAAAAAP/////+Af/+9wP+cA8xAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "meaning": "output"
    }
  },
  {
    "id": "praise",
    "group": "data",
    "query": "model=sentiment",
    "at": "t=3",
    "picture": {
      "kind": "signed",
      "rows": 16,
      "columns": 7,
      "data": "kJypnKrQ/4KFkpKnvMGGj5usur2giJqhjJ290X93d19wk7eJkaGjvc/leYaLlZCp03d0Y3VlQSGQipyfq6ipgIx/h31gSX51c3xhgLR6hn+hjWxRbnhmd2lLJ4l7iHuIdUOFhIZwfmNEiYqOcY6QaQ=="
    }
  },
  {
    "id": "learns",
    "group": "tools",
    "query": "cell=gru&data=anbn&length=12&updates=300",
    "at": "tool=train&epoch=300",
    "picture": {
      "kind": "lines",
      "rows": 1,
      "columns": 144,
      "data": "//z59vPw7evo5eLg3dnX09DNyMXBvru2tbOyrquppqKem5iVkY6Oi4mJhoKCf35/e3lycm1mXltXVFVUUlFRT01OTlFLR0hQS0xFREVIRz1APDs4NDc3Oz49Ozg9NjYvKSoqKycjGxocGhERDxMbGhgdGR4eGx0eIB4jIB0XEhMQBAQECAUFAAQJDw0IDA4T",
      "meaning": "loss"
    }
  },
  {
    "id": "race",
    "group": "tools",
    "query": "data=parity&length=8&updates=300",
    "at": "tool=race",
    "picture": {
      "kind": "lines",
      "rows": 4,
      "columns": 144,
      "data": "ube2tbayrq2rqquqqq2urKuopqelpaKioqOioKCho6SkpqenqKmoqammpqGioaCfn56dmpmamZiXmZmamZmdnJ6cnZubmpqWlpeVlZaVlJSUlJWSlJOTlJWVlZSSkJGRkI+Ojo+OjIuLiIuJiYiKjIqKiImIh4aHiIeCg4KCgH5/f4B+f35/f4F/e3t7eXd02NLQzs3IxMHBwcHAv769vby7uLi3uLWxsrKxsa+vsK+sqqalpaSgoKGioaCfnJqYlpWTj42Oi4qIiIeJiIeHhYaFhIODgYB+fX19fHt8enh3dXRxcG9vb25raWhmY2BfXltXVFNTT05MTUxMSkhISEVCQD05NjQyMTArKickIB0dGBkXFBgVEhALBwoEBAAAt7e3t7e3t7a1tLS0tLS0tLSzs7OysbGxsbGxsbGxsLCwsLGxsbGxsbGwsK+vr6+urq6trKysrK2srKysq6usq6ysrKysq6yrq6qqqqmpqampqKmoqamoqKmoqKempqempaWkpaampqWlpKakpKOio6GhoKGgoKCgoJ+dnp6enZydnJyampiZmZqZl5eXlpSU//769vLx7+3q5eLg39vZ2NfW19XV09TU1NHR0dDPzMnJyMfGxMTFw8PDwsbFxcPFxMXGyMjIxsbHw8PCw8K/v769u7y8vLq9vby9vby8vby8u7m5uLi4t7a2tre3uLa3t7a2tbSzsrKztLKysrKzsLCxsrGysbKxsbCwsK+vrq6urq2urq6ura2srKurq6uq",
      "meaning": "loss"
    }
  },
  {
    "id": "held",
    "group": "tools",
    "query": "cell=lstm&hidden=16",
    "at": "tool=edit&edits=clamp,f,0,3,3&t=3",
    "picture": {
      "kind": "signed",
      "rows": 16,
      "columns": 8,
      "data": "gICAsKyoioaAgIDWjHJ1d4CAgCJUa3d+gICAeYqTjpKAgIAZWGlzdoCAgICJgHl5gICAJ11ufIGAgIA5FjRdYYCAgFltc3d8gICAkmZTVWuAgIBxbXJzdYCAgAEvXHB3gICA7MWPhICAgICbhYF/gYCAgFNZcHd8gICASFVlcXk="
    }
  },
  {
    "id": "plane",
    "group": "tools",
    "query": "hidden=2&gain=1.5",
    "at": "tool=geometry",
    "picture": {
      "kind": "path",
      "rows": 2,
      "columns": 9,
      "data": "E0hxewD2//bpAKr/f+6E0XTh"
    }
  }
];
