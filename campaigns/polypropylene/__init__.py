"""The reference campaign: recycled polypropylene compounds, made and analysed in a virtual laboratory."""
