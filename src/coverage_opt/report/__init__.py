"""Plans as a board reads them: a page, a workbook and a map.

Everything that is computed stands in `coverage_opt.report.figures`, once, as tables; the page, its
charts, the workbook and the GeoJSON show these tables.
"""
