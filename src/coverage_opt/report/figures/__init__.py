"""Everything a report computes, as tables: each figure once, whatever it is shown in."""
