// The pages work without this. With it they stay current while they are open.
"use strict";
