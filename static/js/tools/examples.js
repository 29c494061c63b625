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
    "query": "topology=attention&data=reversal&length=8",
    "at": "t=3",
    "picture": {
      "kind": "share",
      "rows": 8,
      "columns": 8,
      "data": "GhwdHBskGB8MCgwKCg8ODRISEhMRGg0XJSgmJycjMyIlJCYmJigeKignJicoHzIiMi8vLzEmKy0rKyspKiolKQ==",
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
    "query": "cell=gru&data=ecg-208",
    "at": "t=20",
    "picture": {
      "kind": "lines",
      "rows": 1,
      "columns": 36,
      "data": "TDQhDwAXT3R5eYOOnrOkl5j/rpqepK3F6fbRubC0r8DArKio",
      "meaning": "input"
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
      "columns": 36,
      "data": "//Po3c7Ataucj4p/eWZUUU5HRUc7Nzs2KhsTHB0dIhQEAA0T",
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
      "columns": 36,
      "data": "ubarqqqloqCjqqahnpqZmZyalZSVk5WRjo2Ki4mGgn9+f3t02M3Bv7y4sq+ro6GclY6Ih4WBfXp0b2lgV05LSD01Kh8XEgoAt7e1tLOysbGwsbCvrqysq6yrqqmpqKinpKalo6GfnZ2amZeU//Lq39XU09DKw8TFxcjDwr28vb25uLa2trGysbGysK6urauq",
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
