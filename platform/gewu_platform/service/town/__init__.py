"""People, areas, offices, places and the visits planned to them."""
