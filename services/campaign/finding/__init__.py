"""Find measurements by what is known of them and of their specimens: ``modulus > 1800 and modality = FTIR``."""
